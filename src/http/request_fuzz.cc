// Heads and chunked bodies of one request after another, as a connection reads them. However the bytes are
// cut, the requests are the same, and no request has two lengths.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "http/request_parser.h"
#include "http/testing/cuts.h"

namespace {

using namespace vat::http;

/// Bytes as a connection provides them: more can be requested, and unconsumed ones stay.
class Stream {
 public:
  Stream(std::string_view bytes, std::string_view cuts) : rest_(bytes), cuts_(cuts) {}
  [[nodiscard]] std::string_view view() const { return buffer_; }
  void consume(std::size_t count) {
    if (count > buffer_.size()) std::abort();
    buffer_.erase(0, count);
  }
  bool more() {
    if (rest_.empty()) return false;
    const std::size_t size = cuts_.next(rest_.size());
    buffer_ += rest_.substr(0, size);
    buffer_.shrink_to_fit();
    rest_.remove_prefix(std::min(size, rest_.size()));
    return true;
  }

 private:
  std::string_view rest_;
  testing::Cuts cuts_;
  std::string buffer_;
};

/// False when the stream ends or breaks.
bool read_head(RequestParser& parser, Stream& stream, std::string& learnt) {
  while (true) {
    const RequestParser::Step step = parser.put_head(stream.view());
    stream.consume(step.consumed);
    if (step.state == RequestParser::State::kBad) {
      if (parser.refusal().status < 400) std::abort();
      learnt += "!" + std::to_string(parser.refusal().status);
      return false;
    }
    if (step.state == RequestParser::State::kDone) break;
    if (!stream.more()) return false;
  }
  const RequestHead& head = parser.head();
  if (head.chunked && head.content_length > 0) std::abort();
  learnt += head.target + "|" + head.host + "|" + std::to_string(head.content_length);
  for (const auto& [name, value] : head.headers) learnt += name + ":" + value + "\n";
  return true;
}

bool read_body(RequestParser& parser, Stream& stream, std::string& learnt) {
  std::uint64_t left = parser.head().content_length;
  while (!parser.head().chunked && left > 0) {
    const std::string_view piece = stream.view().substr(0, left);
    learnt += piece;
    left -= piece.size();
    stream.consume(piece.size());
    if (left > 0 && !stream.more()) return false;
  }
  while (parser.head().chunked) {
    const RequestParser::Piece piece = parser.put_chunked(stream.view());
    learnt += piece.content;
    stream.consume(piece.consumed);
    if (piece.state == RequestParser::State::kDone) break;
    if (piece.state == RequestParser::State::kBad) {
      learnt += "!400";
      return false;
    }
    if (piece.content.empty() && !stream.more()) return false;
  }
  return true;
}

std::string read_requests(std::string_view bytes, std::string_view cuts) {
  Stream stream(bytes, cuts);
  std::string learnt;
  for (int i = 0; i < 8; ++i) {
    RequestParser parser(1'024);
    if (!read_head(parser, stream, learnt) || !read_body(parser, stream, learnt)) break;
    learnt += ";";
  }
  return learnt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string whole = read_requests(text.substr(3), {});
  const std::string cut = read_requests(text.substr(3), text.substr(0, 3));
  // A broken stream may be detected before the last of its good bytes have been passed on.
  const std::size_t common = std::min(whole.find('!'), cut.find('!'));
  if (whole.substr(0, common) != cut.substr(0, common)) std::abort();
  return 0;
}

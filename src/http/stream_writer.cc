#include "http/stream_writer.h"

#include <array>
#include <charconv>

#include "http/file_sender.h"

namespace vat::http {

namespace {

/// The line before a chunk (RFC 9112, section 7.1).
class ChunkLine {
 public:
  explicit ChunkLine(std::uint64_t size) {
    char* end = std::to_chars(line_.data(), line_.data() + 16, size, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    size_ = static_cast<std::size_t>(end - line_.data());
  }
  [[nodiscard]] std::string_view text() const { return {line_.data(), size_}; }

 private:
  std::array<char, 18> line_{};
  std::size_t size_ = 0;
};

}  // namespace

Result<> StreamWriter::check(std::uint64_t size) const {
  if (connection_.is_over()) return fail(ErrorCode::kNetwork, "The client has disconnected.");
  if (length_ && size > *length_ - written_)
    return fail(ErrorCode::kInternal, "The response is longer than its Content-Length.");
  return {};
}

Task<Result<>> StreamWriter::write(std::string_view bytes) {
  if (bytes.empty()) co_return Result<>();
  Result<> result = check(bytes.size());
  if (!result) co_return result;
  const ChunkLine line(bytes.size());
  Output output;
  if (chunked_) output.add(line.text());
  output.add(bytes);
  if (chunked_) output.add("\r\n");
  result = co_await connection_.send(output);
  if (result) written_ += bytes.size();
  co_return result;
}

Task<Result<>> StreamWriter::write_file(const FileBody& file) {
  if (file.length == 0) co_return Result<>();
  Result<> result = check(file.length);
  if (!result) co_return result;
  const ChunkLine line(file.length);
  Output before;
  if (chunked_) before.add(line.text());
  result = co_await connection_.send(before, true);
  if (!result) co_return result;
  std::uint64_t sent = 0;
  result = co_await send_file_body(connection_, file, sent);
  written_ += sent;
  if (!result || !chunked_) co_return result;
  Output after;
  after.add("\r\n");
  co_return co_await connection_.send(after);
}

Task<bool> StreamWriter::wait(Signal& signal, std::chrono::milliseconds timeout) {
  return connection_.wait(signal, timeout);
}

Task<Result<>> StreamWriter::finish() {
  if (length_ && written_ != *length_)
    co_return fail(ErrorCode::kInternal, "The response is shorter than its Content-Length.");
  if (!chunked_) co_return Result<>();
  Output output;
  output.add("0\r\n\r\n");
  co_return co_await connection_.send(output);
}

}  // namespace vat::http

// Multipart bodies: however a body is cut, its parts are the same. Also the headers of parts and the
// Content-Type alone.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "http/multipart_parser.h"
#include "http/testing/cuts.h"

namespace {

using namespace vat::http;

/// The result of reading the form. `cuts` says how it arrives.
std::string read_form(std::string_view body, testing::Cuts cuts) {
  using Kind = MultipartParser::Kind;
  MultipartParser parser("XX", {.max_parts = 8, .max_header_bytes = 256});
  std::string learnt;
  while (true) {
    auto event = parser.next();
    if (!event) return learnt + "!" + event.error().message;
    if (event->kind == Kind::kEnd) return learnt + ".";
    if (event->kind == Kind::kPart) {
      if (!vat::is_utf8(parser.part().name)) std::abort();
      learnt += "[" + parser.part().name + "|" + parser.part().filename.value_or("") + "]";
    }
    if (event->kind == Kind::kPartEnd) learnt += ";";
    if (event->kind == Kind::kData) learnt += event->data;
    if (event->kind != Kind::kNeedMore) continue;
    if (body.empty()) return learnt + (parser.finish() ? "." : "!broken off");
    const std::size_t size = cuts.next(body.size());
    // A copy of the exact size, so that reading past its end is detected.
    static thread_local std::string piece;
    piece = std::string(body.substr(0, size));
    parser.feed(piece);
    body.remove_prefix(std::min(size, body.size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view cuts = text.substr(0, 3);
  const std::string_view body = text.substr(3);
  if (read_form(body, testing::Cuts({})) != read_form(body, testing::Cuts(cuts))) std::abort();
  if (const auto head = parse_part_head(body); head && head->filename && !vat::is_utf8(*head->filename))
    std::abort();
  if (const auto boundary = multipart_boundary(body); boundary && boundary->empty()) std::abort();
  return 0;
}

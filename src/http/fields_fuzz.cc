// Header fields and targets from clients: ranges, preferences, entity tags, paths, queries, hosts, file
// names.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "http/content.h"
#include "http/event_stream.h"
#include "http/fields.h"
#include "http/target.h"

namespace {

using namespace vat::http;

void check_ranges(std::string_view field, std::uint64_t size) {
  const auto ranges = parse_ranges(field, size);
  if (!ranges) return;
  if (ranges->size() > 16) std::abort();
  std::uint64_t sum = 0;
  for (const ByteRange& range : *ranges) {
    if (range.first > range.last || range.last >= size) std::abort();
    sum += range.last - range.first + 1;
  }
  if (sum > size) std::abort();
}

void check_target(std::string_view target, Method method) {
  Request request;
  request.method = method;
  request.target = target;
  if (!parse_target(request)) return;
  if (request.path.empty() || (request.path != "*" && request.path.front() != '/')) std::abort();
  for (const auto& [name, value] : request.query)
    if (!vat::is_utf8(name) || !vat::is_utf8(value)) std::abort();
  const auto decoded = percent_decode(request.path);
  if (!decoded || decoded->find('\0') != std::string::npos) std::abort();
}

void check_preferences(std::string_view field) {
  (void)choose_encoding(field, true, true);
  (void)choose_media_type(field, {"application/json", "text/vtt; charset=utf-8"});
  (void)etag_matches(field, "\"a\"");
  for (const Weighted& weighted : parse_weighted_list(field))
    if (weighted.weight < 0 || weighted.weight > 1000) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      check_ranges(text, 1'000);
      check_ranges(text, 0);
      check_ranges(text, UINT64_MAX);
      break;
    case 1:
      check_preferences(text);
      break;
    case 2:
      check_target(text, Method::kGet);
      check_target(text, Method::kOptions);
      break;
    case 3:
      (void)parse_field_value(text);
      break;
    case 4:
      if (!vat::is_utf8(content_disposition("attachment", text))) std::abort();
      if (content_disposition("attachment", text).find_first_of("\r\n") != std::string::npos) std::abort();
      break;
    default: {
      (void)is_host(text);
      Request request;
      request.headers.emplace_back("Last-Event-ID", text);
      if (last_event_id(request).value_or(0) < 0) std::abort();
    }
  }
  return 0;
}

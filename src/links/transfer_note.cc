#include "links/transfer_note.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "base/number.h"
#include "base/text.h"
#include "base/utc_time.h"
#include "links/link_name.h"

namespace vat::links {
namespace {

constexpr std::size_t kMaxField = 1024;  // bytes of a header that is kept

/// RFC 9110, section 13.1.5: a weak tag may not be used with If-Range.
bool is_strong_etag(std::string_view etag) {
  return etag.size() >= 2 && etag.size() <= kMaxField && etag.front() == '"' && etag.back() == '"';
}

/// RFC 9110, section 8.8.2.2: the file did not change in the second of the answer.
bool is_strong_date(std::string_view modified, std::string_view sent) {
  const auto then = parse_http_date(modified);
  const auto now = parse_http_date(sent);
  return then && now && *now - *then >= std::chrono::seconds(1);
}

std::string in_one_line(std::string_view text) {
  std::string line(text.substr(0, kMaxField));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
  return line;
}

}  // namespace

TransferNote note_of_answer(std::string_view asked_url, const HttpResponse& head) {
  TransferNote note;
  const std::string_view etag = find_header(head.headers, "ETag");
  const std::string_view modified = find_header(head.headers, "Last-Modified");
  if (is_strong_etag(etag)) {
    note.validator = etag;
  } else if (is_strong_date(modified, find_header(head.headers, "Date"))) {
    note.validator = modified;
  }
  note.name = in_one_line(name_of_answer(asked_url, head));
  note.content_type = in_one_line(find_header(head.headers, "Content-Type"));
  note.total = parse_number<std::uint64_t>(find_header(head.headers, "Content-Length"));
  return note;
}

std::string to_text(const TransferNote& note) {
  return note.validator + "\n" + note.name + "\n" + note.content_type + "\n" +
         (note.total ? std::to_string(*note.total) : "") + "\n";
}

TransferNote parse_note(std::string_view text) {
  TransferNote note;
  // A note that a crash truncated is none.
  if (std::count(text.begin(), text.end(), '\n') != 4) return note;
  note.validator = take_part(text, '\n');
  note.name = take_part(text, '\n');
  note.content_type = take_part(text, '\n');
  note.total = parse_number<std::uint64_t>(take_part(text, '\n'));
  return note;
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  ContentRange range;
  range.total = parse_number<std::uint64_t>(text.substr(slash + 1));
  const std::string_view part = text.substr(0, slash);
  if (part == "*") return range;
  range.first = parse_number<std::uint64_t>(part.substr(0, std::min(part.find('-'), part.size())));
  if (!range.first) return std::nullopt;
  return range;
}

}  // namespace vat::links

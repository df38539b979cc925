#include "http/multipart_parser.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/text.h"
#include "domain/http_client.h"
#include "http/fields.h"
#include "http/target.h"

namespace vat::http {
namespace {

/// RFC 2046, section 5.1.1.
constexpr std::size_t kMaxBoundaryBytes = 70;
/// Blanks that some clients append to a boundary.
constexpr std::size_t kMaxPadding = 256;

tl::unexpected<Error> broken(std::string sentence) {
  return fail(ErrorCode::kInvalidArgument, std::move(sentence));
}

/// "UTF-8'en'na%C3%AFve.mp4" (RFC 8187, section 3.2.1).
std::optional<std::string> decode_extended(std::string_view value) {
  const std::size_t first = value.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos || !equals_ignoring_case(value.substr(0, first), "utf-8"))
    return std::nullopt;
  return percent_decode(value.substr(second + 1));
}

/// Browsers write a quote in a file's name as %22 (HTML, section 4.10.22.8).
std::string unescape_quotes(std::string_view name) {
  std::string plain;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool escaped = name.substr(i, 3) == "%22";
    plain += escaped ? '"' : name[i];
    if (escaped) i += 2;
  }
  return plain;
}

Result<> take_disposition(PartHead& part, std::string_view value) {
  const auto field = parse_field_value(value);
  if (!field || field->value != "form-data")
    return broken("A part of the form has an invalid Content-Disposition.");
  const std::string* name = field->find("name");
  if (name == nullptr) return broken("A part of the form has no name.");
  part.name = to_utf8(unescape_quotes(*name));
  if (const std::string* filename = field->find("filename"))
    part.filename = to_utf8(unescape_quotes(*filename));
  if (const std::string* extended = field->find("filename*"))
    if (auto decoded = decode_extended(*extended)) part.filename = std::move(*decoded);
  return {};
}

bool is_plain_encoding(std::string_view encoding) {
  return equals_ignoring_case(encoding, "binary") || equals_ignoring_case(encoding, "8bit") ||
         equals_ignoring_case(encoding, "7bit");
}

/// The first field of `rest`, with its folded lines joined; `rest` loses it.
std::string take_field(std::string_view& rest) {
  std::string field;
  while (true) {
    const std::size_t end = std::min(rest.find("\r\n"), rest.size());
    field += rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    if (rest.empty() || (rest.front() != ' ' && rest.front() != '\t')) return field;
  }
}

}  // namespace

Result<std::string> multipart_boundary(std::string_view content_type) {
  const auto field = parse_field_value(content_type);
  if (!field || field->value != "multipart/form-data")
    return broken("Send the form as multipart/form-data, with its boundary in Content-Type.");
  const std::string* boundary = field->find("boundary");
  const bool good =
      boundary != nullptr && !boundary->empty() && boundary->size() <= kMaxBoundaryBytes &&
      std::all_of(boundary->begin(), boundary->end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!good) return broken("The form's Content-Type has no boundary, or an invalid one.");
  return *boundary;
}

Result<PartHead> parse_part_head(std::string_view fields) {
  PartHead part;
  bool has_disposition = false;
  while (!fields.empty()) {
    const std::string line = take_field(fields);
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || !is_http_token(std::string_view(line).substr(0, colon)))
      return broken("A part of the form has an invalid header field.");
    const std::string_view name = std::string_view(line).substr(0, colon);
    const std::string_view value = trim_blanks(std::string_view(line).substr(colon + 1));
    if (equals_ignoring_case(name, "Content-Disposition")) {
      if (std::exchange(has_disposition, true))
        return broken("A part of the form has more than one Content-Disposition.");
      VAT_TRY(take_disposition(part, value));
    } else if (equals_ignoring_case(name, "Content-Type")) {
      part.content_type = to_utf8(value);
    } else if (equals_ignoring_case(name, "Content-Transfer-Encoding") && !is_plain_encoding(value)) {
      return broken("A part of the form has a Content-Transfer-Encoding; send its bytes as they are.");
    }
  }
  if (!has_disposition) return broken("A part of the form has no name.");
  return part;
}

MultipartParser::MultipartParser(std::string_view boundary, MultipartLimits limits)
    : delimiter_("\r\n--" + std::string(boundary)), limits_(limits) {}

Result<> MultipartParser::finish() const {
  if (state_ == State::kEpilogue) return {};
  return broken("The form breaks off before its last boundary.");
}

Result<MultipartParser::Event> MultipartParser::next() {
  while (true) {
    if (state_ == State::kEpilogue) {
      input_ = {};
      return Event{Kind::kEnd, {}};
    }
    if (input_.empty()) return Event{};
    if (state_ == State::kPreamble || state_ == State::kContent) {
      const Event event = scan();
      if (event.kind != Kind::kNeedMore) return event;
    } else if (state_ == State::kAfterDelimiter) {
      VAT_ASSIGN(const bool complete, read_delimiter_line());
      if (!complete) return Event{};
    } else {
      VAT_ASSIGN(const bool complete, read_head());
      return complete ? Event{Kind::kPart, {}} : Event{};
    }
  }
}

/// Content is passed on, the preamble is not.
MultipartParser::Event MultipartParser::emit(std::string_view data) const {
  return state_ == State::kContent && !data.empty() ? Event{Kind::kData, data} : Event{};
}

MultipartParser::Event MultipartParser::end_of_content() {
  const bool was_content = state_ == State::kContent;
  state_ = State::kAfterDelimiter;
  line_.clear();
  return was_content ? Event{Kind::kPartEnd, {}} : Event{};
}

/// Continues with a delimiter that began in the previous input. False if the carry turned out to be content.
bool MultipartParser::resume_delimiter() {
  const std::size_t count = std::min(delimiter_.size() - carry_.size(), input_.size());
  if (input_.substr(0, count) != std::string_view(delimiter_).substr(carry_.size(), count)) return false;
  carry_ += input_.substr(0, count);
  input_.remove_prefix(count);
  return true;
}

/// kNeedMore also when the state has changed without an event.
MultipartParser::Event MultipartParser::scan() {
  if (!carry_.empty()) {
    // A delimiter has one CR, at its front, so none begins inside of a carry.
    const bool goes_on = resume_delimiter();
    if (goes_on && carry_.size() < delimiter_.size()) return {};
    released_ = std::exchange(carry_, {});
    if (goes_on) return end_of_content();
    return emit(released_);
  }
  const auto* found =
      static_cast<const char*>(memmem(input_.data(), input_.size(), delimiter_.data(), delimiter_.size()));
  if (found == input_.data()) {
    input_.remove_prefix(delimiter_.size());
    return end_of_content();
  }
  std::size_t size = found == nullptr ? input_.size() : static_cast<std::size_t>(found - input_.data());
  if (found == nullptr) {
    const std::string_view tail =
        input_.substr(input_.size() - std::min(input_.size(), delimiter_.size() - 1));
    const std::size_t cr = tail.rfind('\r');
    if (cr != std::string_view::npos && delimiter_.starts_with(tail.substr(cr))) {
      carry_ = tail.substr(cr);
      size -= carry_.size();
    }
  }
  const std::string_view data = input_.substr(0, size);
  input_.remove_prefix(size + carry_.size());
  return emit(data);
}

/// What follows a boundary: "--" after the last one, else blanks and the line's end. False: more is needed.
Result<bool> MultipartParser::read_delimiter_line() {
  while (!input_.empty()) {
    const char c = input_.front();
    input_.remove_prefix(1);
    line_ += c;
    if (line_ == "--") {
      state_ = State::kEpilogue;
      return true;
    }
    if (line_.ends_with("\r\n") && trim_blanks(std::string_view(line_).substr(0, line_.size() - 2)).empty()) {
      state_ = State::kHead;
      // So that a part with and without header fields ends alike.
      line_ = "\r\n";
      return true;
    }
    const bool fits = c == ' ' || c == '\t' || c == '\r' || line_ == "-";
    if (!fits || line_.size() > kMaxPadding || (line_.size() > 1 && line_[line_.size() - 2] == '\r'))
      return broken("A boundary of the form is not followed by the end of its line.");
  }
  return false;
}

Result<bool> MultipartParser::read_head() {
  static constexpr std::string_view kEnd = "\r\n\r\n";
  const std::size_t before = line_.size();
  // A little more than the limit, so that an excess is noticed.
  const std::size_t count = std::min(input_.size(), limits_.max_header_bytes + kEnd.size() + 1 - before);
  line_ += input_.substr(0, count);
  const std::size_t end = line_.find(kEnd, before < kEnd.size() ? 0 : before - (kEnd.size() - 1));
  if (end == std::string::npos) {
    input_.remove_prefix(count);
    if (line_.size() <= limits_.max_header_bytes + kEnd.size()) return false;
    return fail(ErrorCode::kLimit, "A part of the form has header fields that are too long.");
  }
  input_.remove_prefix(end + kEnd.size() - before);
  if (++parts_ > limits_.max_parts) return fail(ErrorCode::kLimit, "The form has too many parts.");
  const std::string_view fields = std::string_view(line_).substr(2, end > 2 ? end - 2 : 0);
  VAT_ASSIGN(part_, parse_part_head(fields));
  state_ = State::kContent;
  // An empty content has its delimiter's line end where the header fields' is (RFC 2046, section 5.1.1).
  carry_.clear();
  return true;
}

}  // namespace vat::http

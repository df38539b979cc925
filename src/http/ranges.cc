// The Range field (RFC 9110, section 14.1).
#include <algorithm>
#include <limits>

#include "base/number.h"
#include "http/content.h"
#include "http/fields.h"

namespace vat::http {
namespace {

constexpr std::size_t kMaxRanges = 16;
constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

/// Digits only; a number too large for 64 bits is beyond every end all the same.
std::optional<std::uint64_t> parse_position(std::string_view text) {
  if (!all_digits(text)) return std::nullopt;
  return parse_number<std::uint64_t>(text).value_or(kHuge);
}

struct Parsed {
  bool valid = false;
  std::optional<ByteRange> range;  ///< None when it cannot be satisfied.
};

Parsed parse_range(std::string_view text, std::uint64_t size) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view left = trim_blanks(text.substr(0, dash));
  const std::string_view right = trim_blanks(text.substr(dash + 1));
  if (left.empty()) {
    const auto suffix = parse_position(right);
    if (!suffix) return {};
    if (*suffix == 0 || size == 0) return {.valid = true};
    return {.valid = true, .range = ByteRange{size - std::min(*suffix, size), size - 1}};
  }
  const auto first = parse_position(left);
  const auto last = right.empty() ? std::optional(kHuge) : parse_position(right);
  if (!first || !last || *first > *last) return {};
  if (*first >= size) return {.valid = true};
  return {.valid = true, .range = ByteRange{*first, std::min(*last, size - 1)}};
}

}  // namespace

std::optional<std::vector<ByteRange>> parse_ranges(std::string_view field, std::uint64_t size) {
  const std::size_t equals = field.find('=');
  if (equals == std::string_view::npos ||
      !equals_ignoring_case(trim_blanks(field.substr(0, equals)), "bytes"))
    return std::nullopt;
  const std::vector<std::string_view> elements = split_list(field.substr(equals + 1));
  if (elements.empty() || elements.size() > kMaxRanges) return std::nullopt;
  std::vector<ByteRange> ranges;
  std::uint64_t left = size;
  for (const std::string_view element : elements) {
    const Parsed parsed = parse_range(element, size);
    if (!parsed.valid) return std::nullopt;
    if (!parsed.range) continue;
    // Overlapping ranges are an attack (RFC 9110, section 17.15); sending everything is cheaper.
    const std::uint64_t length = parsed.range->last - parsed.range->first + 1;
    if (length > left) return std::nullopt;
    left -= length;
    ranges.push_back(*parsed.range);
  }
  return ranges;
}

}  // namespace vat::http

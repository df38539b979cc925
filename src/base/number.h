// Numbers out of text, as std::from_chars reads them: no blanks, no plus sign, no locale. Every function may
// be called from any thread.
#pragma once

#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

namespace vat {

/// The number at the front of `text`, which is cut off there. Empty, and `text` as it was, when there is none
/// or it does not fit the type.
template <class Number>
[[nodiscard]] std::optional<Number> take_number(std::string_view& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// The whole text as a number from `min` to `max`; empty for anything else, also for "inf" and "nan". An
/// unsigned type takes decimal digits alone.
template <class Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text,
                                                 Number min = std::numeric_limits<Number>::lowest(),
                                                 Number max = std::numeric_limits<Number>::max()) {
  const std::optional<Number> number = take_number<Number>(text);
  return number && text.empty() && *number >= min && *number <= max ? number : std::nullopt;
}

}  // namespace vat

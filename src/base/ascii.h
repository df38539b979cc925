// ASCII, whatever the locale is: kinds of characters, and case. Every function may be called from any thread.
#pragma once

#include <string>
#include <string_view>

namespace vat {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
[[nodiscard]] constexpr bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
/// U+0000 to U+001F, and U+007F.
[[nodiscard]] constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
/// Neither a control character, nor a space, nor outside ASCII: what tokens and URLs are written in.
[[nodiscard]] constexpr bool is_graphic(char c) { return c > 0x20 && c < 0x7F; }
/// One digit or more, and nothing else.
[[nodiscard]] bool all_digits(std::string_view text);

[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
/// What is no letter of ASCII stays as it is.
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace vat

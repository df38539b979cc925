// Text: UTF-8 validity, cuts, display width, words. ICU behind it. Every function may be called from any
// thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace vat {

/// Well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing past U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);
/// The text with each ill-formed sequence replaced by U+FFFD.
[[nodiscard]] std::string to_utf8(std::string_view bytes);
/// Number of code points in well-formed UTF-8.
[[nodiscard]] std::size_t code_points(std::string_view text);
/// Columns that the text takes: East Asian wide and fullwidth characters count two, combining marks none (UAX
/// #11).
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The longest beginning of well-formed UTF-8 that has at most so many code points, or bytes.
[[nodiscard]] std::string_view first_code_points(std::string_view text, std::size_t max);
[[nodiscard]] std::string_view first_bytes(std::string_view text, std::size_t max);
/// Well-formed UTF-8 without its last code point; empty text stays so.
[[nodiscard]] std::string_view without_last_code_point(std::string_view text);

/// Without white space of ASCII at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
/// One line: well-formed UTF-8, each control character of ASCII (line ends among them) a space, trimmed.
[[nodiscard]] std::string one_line(std::string_view bytes);
/// Puts `item` at the end of a list such as "a, b".
void append_item(std::string& list, std::string_view item, std::string_view separator = ", ");
/// "a, b": the items, or what `text_of` says of each, with `separator` between them.
template <class Items, class TextOf = std::identity>
[[nodiscard]] std::string join(const Items& items, std::string_view separator, TextOf text_of = {}) {
  std::string list;
  for (const auto& item : items) append_item(list, text_of(item), separator);
  return list;
}
/// What stands before the first `separator`, or all of it; cut off `text` together with the separator.
[[nodiscard]] std::string_view take_part(std::string_view& text, char separator);

/// As the content of an element of XML, or of an attribute between double quotes. Control characters that XML
/// does not have are left out.
[[nodiscard]] std::string escape_xml(std::string_view text);

/// Default case folding (Unicode 3.13), for comparison without case.
[[nodiscard]] std::string fold_case(std::string_view text);
/// The words of the text, folded and without punctuation, for comparison: "Don't stop!" -> {"don't", "stop"}.
[[nodiscard]] std::vector<std::string> comparable_words(std::string_view text);

}  // namespace vat

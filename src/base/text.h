// Text: UTF-8 validity, letters, display width, words. ICU behind it. Every function may be called from any
// thread.
#pragma once

#include <cstddef>
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

[[nodiscard]] std::string_view trim(std::string_view text);
/// Default case folding (Unicode 3.13), for comparison without case.
[[nodiscard]] std::string fold_case(std::string_view text);
/// The words of the text, folded and without punctuation, for comparison: "Don't stop!" -> {"don't", "stop"}.
[[nodiscard]] std::vector<std::string> comparable_words(std::string_view text);

}  // namespace vat

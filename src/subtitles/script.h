// Spaces and line breaks by a character's script. Private to the module.
#pragma once

#include <cstdint>
#include <string_view>

namespace vat::subtitles {

/// First and last code point of well-formed UTF-8; U+FFFD for an ill-formed one, 0 for empty text.
[[nodiscard]] std::int32_t first_code_point(std::string_view text);
[[nodiscard]] std::int32_t last_code_point(std::string_view text);

/// True for a character of a script that writes no space between words (Han, Kana, Thai, Lao, Khmer, Myanmar)
/// and for the full-width punctuation that goes with them.
[[nodiscard]] bool is_unspaced(std::int32_t code_point);

}  // namespace vat::subtitles

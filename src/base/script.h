// The scripts of the world's languages.
#pragma once

#include <cstdint>

namespace vat {

/// True for a character of a script that writes no space between words: Han, Kana, Thai, Lao, Khmer, Myanmar,
/// Tibetan. Any thread.
[[nodiscard]] bool is_of_unspaced_script(std::int32_t code_point);

}  // namespace vat

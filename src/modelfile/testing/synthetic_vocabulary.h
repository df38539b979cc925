// A vocabulary with the size and layout of Whisper's, made of invented words.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace vat::modelfile {

/// First entry that is an invented word; the entries before it are single bytes.
inline constexpr std::size_t kFirstWord = 256;

/// `count` distinct texts, the same on every call. Entries 0 to 255 are the single bytes in the order of
/// GPT-2 (those that print first), so that any prompt can be tokenised; the others are pronounceable
/// lower-case words after a space, like " zovemu". An entry 50256 is empty, as in Whisper's multilingual
/// vocabulary.
[[nodiscard]] std::vector<std::string> synthetic_vocabulary(std::size_t count);

}  // namespace vat::modelfile

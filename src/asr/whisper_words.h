// From Whisper's tokens to words with times and confidence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/transcript.h"

namespace vat::asr {

/// One text token from Whisper. A token may be part of a UTF-8 sequence.
struct TextToken {
  std::string bytes;
  float probability = 0;
  Millis start{0};
  Millis end{0};
};

/// True for the languages that are written without spaces between words, where each character is treated as a
/// word.
[[nodiscard]] bool written_without_spaces(std::string_view language);

/// Groups tokens into words: at spaces, or at whole characters in a language written without them.
/// Punctuation stays with the preceding word. The confidence is the geometric mean of the tokens'
/// probabilities.
[[nodiscard]] std::vector<Word> tokens_to_words(const std::vector<TextToken>& tokens,
                                                std::string_view language);

}  // namespace vat::asr

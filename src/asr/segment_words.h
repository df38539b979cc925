// The words of a segment, also where the engine gave only text. Internal to asr.
#pragma once

#include <string>
#include <vector>

#include "domain/transcript.h"

namespace vat::asr {

/// The words of a segment without word times: split at spaces, each with its share of the time by its length.
/// A text without spaces is one word.
[[nodiscard]] std::vector<Word> estimate_words(const Segment& segment);

/// Gives the segment other words, in order, and makes its text and times anew from them; no words make it
/// empty.
void set_words(Segment& segment, std::vector<Word> words);

/// What two words that are the same have in common: folded, without punctuation; "Don't!" and "don't".
[[nodiscard]] std::string word_key(const std::string& word);

}  // namespace vat::asr

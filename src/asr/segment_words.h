// The words of a segment, even if the engine returned only text. Internal to asr.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "domain/transcript.h"

namespace vat::asr {

/// The words of a segment without word times: split at spaces, each with a share of the time by its length. A
/// text without spaces is one word.
[[nodiscard]] std::vector<Word> estimate_words(const Segment& segment);

/// Those with times, or else the estimated ones.
[[nodiscard]] std::vector<Word> words_of(const Segment& segment);
[[nodiscard]] std::size_t count_words(const Segment& segment);
[[nodiscard]] std::size_t count_words(std::span<const Segment> segments);

/// Replaces the segment's words, in order, and rebuilds its text and times from them; without words it
/// becomes empty.
void set_words(Segment& segment, std::vector<Word> words);

/// The comparison key of a word: folded, without punctuation; equal for "Don't!" and "don't".
[[nodiscard]] std::string word_key(const std::string& word);

}  // namespace vat::asr

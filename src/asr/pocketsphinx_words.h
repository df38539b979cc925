// Turns PocketSphinx's result for an utterance into words with times and confidence.
#pragma once

#include <pocketsphinx.h>

#include <string>
#include <vector>

#include "domain/transcript.h"

namespace vat::asr {

struct DecodedWord {
  std::string text;
  int first_frame = 0;
  int last_frame = 0;
  double probability = 0;
};

/// The words of the best path through a finished utterance, each with its probability among all paths.
[[nodiscard]] std::vector<DecodedWord> decoded_words(ps_decoder_t* decoder);

/// Segments end at pauses; no time is past `length`.
[[nodiscard]] std::vector<Segment> to_segments(const std::vector<DecodedWord>& words, Millis length,
                                               bool word_times);

}  // namespace vat::asr

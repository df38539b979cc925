// When Whisper's tokens were said. Private to asr.
#pragma once

#include <whisper.h>

#include <cstddef>
#include <vector>

#include "base/time.h"

namespace vat::asr {

/// A part of the time from the start of a segment's token `first` to the end of its token `last`: all of it
/// for a token as it was written, a share for each of those that took the place of others.
struct TokenPlace {
  int first = 0;
  int last = 0;
  std::size_t part = 0;
  std::size_t parts = 1;
};

/// How a model's tokens are aligned to the sound.
struct Alignment {
  /// The decoder's heads that attend to what is said; none in shapes that OpenAI has not published.
  whisper_alignment_heads_preset heads = WHISPER_AHEADS_NONE;
  Millis late{0};  ///< How much later than a word's first sound they turn to it; less than zero: earlier.
};
[[nodiscard]] Alignment alignment_of(int text_layers, int text_state, int mels, bool multilingual);

/// The times of the tokens of one call of whisper_full. By the decoder's attention, if the context was made
/// with the alignment's heads; else whisper.cpp's own, from the timestamps that the model wrote and the
/// loudness between them.
class WhisperTokenTimes {
 public:
  /// `samples`: how many were recognised, with 16,000 a second. Reads the state here only.
  WhisperTokenTimes(whisper_state* state, const Alignment& alignment, std::size_t samples);

  [[nodiscard]] TimeSpan of(int segment, const TokenPlace& place) const;

 private:
  std::vector<std::vector<TimeSpan>> segments_;  ///< Of each token.
};

}  // namespace vat::asr

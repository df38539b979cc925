// Whether Whisper may end a window. Private to asr.
#pragma once

#include <whisper.h>

#include <span>

#include "base/time.h"
#include "domain/transcript.h"

namespace vat::asr {

inline constexpr Millis kTimestampStep{20};  ///< From one timestamp token to the next.

/// Whisper ends a window after two timestamps when a sentence begins that might not end in it, and after one
/// when nothing more is said. Where somebody does speak on, and the end is likelier than what would
/// follow, but not by much, it should go on: the rest needs another pass of the encoder and the decoder,
/// which begins where Whisper takes the sentence to begin, often a word too late. Where it is sure, it is
/// right more often than not.
///
/// `tokens`: of the window so far. `first_timestamp`: the token of the window's start; each next one is 20 ms
/// later. `logits`: of all tokens, of which this takes those as possible that whisper.cpp allows here.
/// `end_of_text`: the token. `speech`: in the window, in order. Any thread.
[[nodiscard]] bool should_go_on(std::span<const whisper_token_data> tokens, std::span<const float> logits,
                                whisper_token end_of_text, whisper_token first_timestamp,
                                std::span<const TimeSpan> speech);

/// Whether all that the segment says are the last words of the one before, and the same speech goes on
/// through its start: Whisper set its timestamp too early, and wrote once more what it heard behind it. Who
/// says something twice pauses, or both are in one segment.
[[nodiscard]] bool only_repeats(const Segment& segment, const Segment& before,
                                std::span<const TimeSpan> speech);

}  // namespace vat::asr

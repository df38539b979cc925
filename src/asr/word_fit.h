// Words stand where somebody speaks: engines let a word begin where the one before ends, across a pause.
// Internal to asr.
#pragma once

#include <cstddef>
#include <span>

#include "domain/recognizer.h"

namespace vat::asr {

/// Moves the times of words out of pauses of 200 ms and more: a word that reaches over one stands on the side
/// that has more of it; one within a pause goes to the speech after if it begins a segment, else to the
/// nearer. Words that are left with next to no time share that of those after them. Times stay in order, and
/// segments begin and end with their words. `speech`: the detector's probability of each frame of `frame`
/// samples from the chunk's start. Linear.
void fit_words_to_speech(ChunkText& text, std::span<const float> speech, std::size_t frame);

}  // namespace vat::asr

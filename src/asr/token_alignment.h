// When each token was said, by the decoder's attention to the sound. Internal to asr.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace vat::asr {

/// `attention`: a row of `frames` values for each token, in order: how much the decoder attends to each frame
/// of sound when it writes the token. Returns the frame in which each token begins: the first is 0, and each
/// token has a frame at least, unless there are more tokens than frames. The attention is normalised over the
/// tokens and smoothed over 7 frames, as in OpenAI's whisper/timing.py, but counts less in frames of which
/// little is written; then each frame belongs to one token, in order, so that they attend to theirs most
/// (monotonic alignment search, Kim et al. 2020). Takes time and memory (5 bytes) in proportion to the number
/// of values. Any thread.
[[nodiscard]] std::vector<std::size_t> align_tokens(std::span<const float> attention, std::size_t frames);

}  // namespace vat::asr

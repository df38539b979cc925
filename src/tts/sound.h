// Processing of an engine's audio: sample rate, tempo, the silence around it. Internal to tts.
#pragma once

#include "domain/audio.h"

namespace vat::tts {

/// The same audio at another sample rate (Hz). kInternal when libswresample fails.
[[nodiscard]] Result<Pcm> resample(Pcm pcm, int sample_rate);

/// The same audio `factor` times as fast at the same pitch; 1 leaves it unchanged. `factor` in [0.5, 4].
[[nodiscard]] Result<Pcm> change_tempo(Pcm pcm, double factor);

/// Trims the silence that engines put before and after a sentence to `margin`.
[[nodiscard]] Pcm trim_silence(Pcm pcm, Millis margin);

}  // namespace vat::tts

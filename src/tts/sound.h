// What is done to sound between an engine and the listener: sample rate, tempo, the silence around it.
// Internal to tts.
#pragma once

#include "domain/audio.h"

namespace vat::tts {

/// The same sound at another sample rate (Hz). kInternal when libswresample refuses.
[[nodiscard]] Result<Pcm> resample(Pcm pcm, int sample_rate);

/// The same sound `factor` times as fast at the same pitch; 1 leaves it alone. `factor` in [0.5, 4].
[[nodiscard]] Result<Pcm> change_tempo(Pcm pcm, double factor);

/// Without the silence that engines put before and after a sentence, but for `margin` of it.
[[nodiscard]] Pcm trim_silence(Pcm pcm, Millis margin);

}  // namespace vat::tts

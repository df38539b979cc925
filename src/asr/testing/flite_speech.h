// Speech for tests: flite speaks a text, so that recognition is tested on real words without a recording.
// Test-only.
#pragma once

#include <string>
#include <string_view>

#include "domain/audio.h"

namespace vat::asr {

/// The speech of flite's voice ("slt", "rms", "awb", "kal16", "kal") says, at 16 kHz. Empty for an unknown
/// voice. Any thread.
[[nodiscard]] Pcm flite_say(const std::string& text, std::string_view voice = "slt");

/// The audio at kRecognitionRate (libswresample).
[[nodiscard]] Pcm resample_to_16k(const Pcm& sound);

/// Samples of digital silence at kRecognitionRate.
[[nodiscard]] Pcm silence(Millis length);

/// `tail` after `head`; both at the same rate.
void append(Pcm& head, const Pcm& tail);

}  // namespace vat::asr

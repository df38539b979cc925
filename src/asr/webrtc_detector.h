// Voice activity detection by the Gaussian mixtures of WebRTC's audio processing.
#pragma once

#include <memory>

#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Frames of 10 ms. The library says only yes or no for each; the probability is that answer smoothed over a
/// few frames, so that it crosses 0.4 with the second frame of speech. Digital silence and anything below -65
/// dBFS is never speech. It errs on the side of speech: tones, and noise above about -25 dBFS, are kept.
/// Takes 0.02 % of the recording's length.
[[nodiscard]] Result<std::unique_ptr<SpeechDetector>> make_webrtc_detector();

}  // namespace vat::asr

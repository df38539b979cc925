// Whisper's bank of triangular filters from spectrum to mel frames.
#pragma once

#include <vector>

namespace vat::modelfile {

/// Bins of a real Fourier transform of 400 samples.
inline constexpr int kFourierBins = 201;

/// `mels` rows of kFourierBins weights for 16 kHz audio from 0 to 8 kHz: filters of equal area, whose centres
/// are evenly spaced on Slaney's mel scale (Slaney, "Auditory Toolbox", Interval Research Technical Report
/// 1998-010: linear below 1 kHz at 200/3 Hz a mel, above it logarithmic with 27 mels for each factor of 6.4).
[[nodiscard]] std::vector<float> mel_filters(int mels);

}  // namespace vat::modelfile

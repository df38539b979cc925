#include "modelfile/mel_filters.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace vat::modelfile {
namespace {

constexpr double kHertzPerMel = 200.0 / 3.0;
constexpr double kLogBegin = 1000.0;
constexpr double kHighest = 8000.0;

double log_step() { return std::log(6.4) / 27.0; }

double to_mel(double hertz) {
  if (hertz < kLogBegin) return hertz / kHertzPerMel;
  return kLogBegin / kHertzPerMel + std::log(hertz / kLogBegin) / log_step();
}

double to_hertz(double mel) {
  const double begin = kLogBegin / kHertzPerMel;
  if (mel < begin) return mel * kHertzPerMel;
  return kLogBegin * std::exp(log_step() * (mel - begin));
}

}  // namespace

std::vector<float> mel_filters(int mels) {
  const double highest = to_mel(kHighest);
  const double step = highest / (mels + 1);
  std::vector<float> filters;
  filters.reserve(static_cast<std::size_t>(mels) * kFourierBins);
  for (int mel = 0; mel < mels; ++mel) {
    const double low = to_hertz(step * mel);
    const double centre = to_hertz(step * (mel + 1));
    const double high = to_hertz(mel + 1 == mels ? highest : step * (mel + 2));
    for (int bin = 0; bin < kFourierBins; ++bin) {
      const double hertz = kHighest * bin / (kFourierBins - 1);
      const double ramp = std::min((hertz - low) / (centre - low), (high - hertz) / (high - centre));
      // Rounded twice, and scaled by a factor of its own, as librosa does: the published filters are
      // librosa's.
      const auto weight = static_cast<float>(std::max(0.0, ramp));
      filters.push_back(static_cast<float>(weight * (2.0 / (high - low))));
    }
  }
  return filters;
}

}  // namespace vat::modelfile

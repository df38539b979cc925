#include "speakers/fbank.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace vat::speakers {
namespace {

TEST(Fbank, ReturnsWhatKaldiDoes) {
  std::vector<float> samples(kFbankSamples);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / 16'000;
    const double noise = (static_cast<double>(i * 7919 % 101) - 50) / 50;
    samples[i] =
        static_cast<float>(0.3 * std::sin(440 * phase) + 0.1 * std::sin(3000 * phase) + 0.05 * noise);
  }
  std::array<float, kFbankBins> energies{};
  Fbank::create().value()->compute(std::span(samples).first<kFbankSamples>(), energies);
  // Of kaldi-native-fbank 1.22, by its Python module, with 80 bins and no dither.
  EXPECT_NEAR(energies[0], -12.5389, 0.01);
  EXPECT_NEAR(energies[1], -11.8648, 0.01);
  EXPECT_NEAR(energies[10], -5.316, 0.001);
  EXPECT_NEAR(energies[20], -7.3479, 0.002);
  EXPECT_NEAR(energies[40], -4.7, 0.001);
  EXPECT_NEAR(energies[60], -0.7392, 0.001);
  EXPECT_NEAR(energies[79], -1.2695, 0.001);
}

TEST(Fbank, SilenceHasTheLeastEnergyThatThereIs) {
  const std::vector<float> samples(kFbankSamples);
  std::array<float, kFbankBins> energies{};
  Fbank::create().value()->compute(std::span(samples).first<kFbankSamples>(), energies);
  for (const float energy : energies)
    EXPECT_FLOAT_EQ(energy, std::log(std::numeric_limits<float>::epsilon()));
}

}  // namespace
}  // namespace vat::speakers

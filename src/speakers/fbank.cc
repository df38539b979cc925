#include "speakers/fbank.h"

extern "C" {
#include <libavutil/tx.h>
}

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

namespace vat::speakers {
namespace {

constexpr std::size_t kFftSize = 512;
constexpr double kFbankRate = 16'000;  // Hz
constexpr double kLowestFrequency = 20;
constexpr float kPreemphasis = 0.97F;

double mel(double frequency) { return 1127.0 * std::log1p(frequency / 700.0); }

/// The triangle of one bin over the spectrum.
struct MelBin {
  std::size_t first = 0;
  std::vector<float> weights;
};

std::vector<MelBin> mel_bins() {
  const double low = mel(kLowestFrequency);
  const double step = (mel(kFbankRate / 2) - low) / static_cast<double>(kFbankBins + 1);
  std::vector<MelBin> bins(kFbankBins);
  for (std::size_t b = 0; b < kFbankBins; ++b) {
    const double left = low + step * static_cast<double>(b);
    for (std::size_t i = 0; i < kFftSize / 2; ++i) {
      const double at = mel(static_cast<double>(i) * kFbankRate / static_cast<double>(kFftSize));
      if (at <= left || at >= left + 2 * step) continue;
      if (bins[b].weights.empty()) bins[b].first = i;
      bins[b].weights.push_back(static_cast<float>(1.0 - std::abs(at - left - step) / step));
    }
  }
  return bins;
}

/// Kaldi's "povey" window.
std::vector<float> frame_window() {
  std::vector<float> window(kFbankSamples);
  for (std::size_t i = 0; i < window.size(); ++i) {
    const double phase =
        2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(kFbankSamples - 1);
    window[i] = static_cast<float>(std::pow(0.5 - 0.5 * std::cos(phase), 0.85));
  }
  return window;
}

}  // namespace

struct Fbank::State {
  ~State() { av_tx_uninit(&transform); }

  AVTXContext* transform = nullptr;
  av_tx_fn run = nullptr;
  std::vector<float> window = frame_window();
  std::vector<MelBin> bins = mel_bins();
  alignas(64) std::array<float, kFftSize> frame{};
  alignas(64) std::array<float, kFftSize + 2> spectrum{};
};

Fbank::Fbank(std::unique_ptr<State> state) : state_(std::move(state)) {}
Fbank::~Fbank() = default;

Result<std::unique_ptr<Fbank>> Fbank::create() {
  auto state = std::make_unique<State>();
  const float scale = 1;
  if (av_tx_init(&state->transform, &state->run, AV_TX_FLOAT_RDFT, 0, kFftSize, &scale, AV_TX_UNALIGNED) < 0)
    return fail(ErrorCode::kUnavailable, "This FFmpeg has no Fourier transform for speaker labels.");
  return std::unique_ptr<Fbank>(new Fbank(std::move(state)));
}

void Fbank::compute(std::span<const float, kFbankSamples> samples, std::span<float, kFbankBins> energies) {
  State& s = *state_;
  const float mean =
      std::accumulate(samples.begin(), samples.end(), 0.0F) / static_cast<float>(kFbankSamples);
  s.frame.fill(0);
  float before = samples.front() - mean;
  for (std::size_t i = 0; i < kFbankSamples; ++i) {
    const float now = samples[i] - mean;
    s.frame[i] = (now - kPreemphasis * before) * s.window[i];
    before = now;
  }
  s.run(s.transform, s.spectrum.data(), s.frame.data(), sizeof(float));
  for (std::size_t i = 0; i < kFftSize / 2; ++i)
    s.frame[i] = s.spectrum[2 * i] * s.spectrum[2 * i] + s.spectrum[2 * i + 1] * s.spectrum[2 * i + 1];
  for (std::size_t b = 0; b < kFbankBins; ++b) {
    const MelBin& bin = s.bins[b];
    const float energy = std::inner_product(bin.weights.begin(), bin.weights.end(),
                                            s.frame.begin() + static_cast<std::ptrdiff_t>(bin.first), 0.0F);
    energies[b] = std::log(std::max(energy, std::numeric_limits<float>::epsilon()));
  }
}

}  // namespace vat::speakers

// The sound as CAM++ was trained on it: logarithms of 80 mel energies, 100 times a second, as in Kaldi's
// compute-fbank-feats without dither. Internal to speakers.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "base/result.h"

namespace vat::speakers {

inline constexpr std::size_t kFbankSamples = 400;  ///< 25 ms at 16 kHz.
inline constexpr std::size_t kFbankShift = 160;    ///< 10 ms.
inline constexpr std::size_t kFbankBins = 80;

/// One thread at a time.
class Fbank {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Fbank>> create();
  ~Fbank();
  Fbank(const Fbank&) = delete;
  Fbank& operator=(const Fbank&) = delete;

  void compute(std::span<const float, kFbankSamples> samples, std::span<float, kFbankBins> energies);

 private:
  struct State;
  explicit Fbank(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vat::speakers

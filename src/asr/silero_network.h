// Silero's network for the detection of speech, evaluated as whisper.cpp does, in a fraction of the time.
// Private to the Silero detector.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "asr/silero_file.h"

namespace vat::asr {

/// One sound's evaluation; about 1.5 MB. Any thread, one at a time.
class SileroNetwork {
 public:
  static constexpr std::size_t kFrameSamples = 512;

  enum class Vectors { kWidest, kPortable };

  /// `vectors` are those that the CPU has; tests ask for the others.
  explicit SileroNetwork(const SileroWeights& weights, Vectors vectors = Vectors::kWidest);
  ~SileroNetwork();

  /// Appends the probability of speech, in [0, 1], in each frame of `samples`: 16 kHz mono float in [-1, 1],
  /// whole frames, which follow those of the call before. Louder samples are cut off, and those that are no
  /// numbers are silence. The answers do not depend on how many frames a call has.
  void detect(std::span<const float> samples, std::vector<float>& probabilities);

 private:
  struct Layers;
  struct Memory;

  void encode(std::size_t frames);
  float decode(std::size_t frame);

  std::unique_ptr<const Layers> layers_;
  std::unique_ptr<Memory> memory_;
};

}  // namespace vat::asr

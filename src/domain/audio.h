// Audio for recognisers and from voices, and the port through which it is pulled. Implemented by media.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace vat {

/// Sample rate of all recognition, in Hz.
inline constexpr int kRecognitionRate = 16'000;

[[nodiscard]] constexpr Millis samples_to_time(std::int64_t samples) {
  return Millis(samples * 1000 / kRecognitionRate);
}
[[nodiscard]] constexpr std::int64_t time_to_samples(Millis t) { return t.count() * kRecognitionRate / 1000; }

/// A finite stream of mono float samples in [-1, 1], at 16 kHz unless its maker was asked for another rate,
/// whose first sample is at time zero of the recording. One thread at a time.
class AudioSource {
 public:
  virtual ~AudioSource() = default;
  /// Fills the front of `out` and returns how many samples it wrote; 0 only at the end of the stream.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<float> out) = 0;
  /// Length of the recording according to its container; empty if unknown, as for a pipe.
  [[nodiscard]] virtual std::optional<Millis> duration() const = 0;
  /// Problems of the input that did not stop the reading, one sentence each. Complete after the last read.
  [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
};

/// A piece of mono audio in memory.
struct Pcm {
  int sample_rate = 0;         ///< Hz.
  std::vector<float> samples;  ///< Mono, [-1, 1].

  [[nodiscard]] Millis duration() const {
    if (sample_rate == 0) return Millis(0);
    return Millis(static_cast<std::int64_t>(samples.size()) * 1000 / sample_rate);
  }
};

}  // namespace vat

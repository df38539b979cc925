// How high somebody speaks: the median of the fundamental frequency of their voiced sounds, by YIN (de
// Cheveigné and Kawahara 2002). Public.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"

namespace vat::tts {

/// The pitch of a recording from its beginning on, in steps of 20 ms: 360 KB an hour. One thread at a time.
class PitchTrack {
 public:
  /// What comes next: 16 kHz mono, in [-1, 1].
  void push(std::span<const float> samples);
  /// Within these stretches: Hz, 60 to 500, in tenths; 0 for less than a third of a second of voiced sound.
  [[nodiscard]] double median(std::span<const TimeSpan> stretches) const;
  /// Of all of it.
  [[nodiscard]] double median() const;

 private:
  std::vector<float> waiting_;          ///< Less than a frame, between two calls.
  std::vector<std::uint16_t> pitches_;  ///< Of each frame, in tenths of a Hz; 0: not voiced.
};

}  // namespace vat::tts

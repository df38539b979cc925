// How much of the background is heard at which time. Private to this module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace vat::media {

/// A gain that falls before somebody speaks and rises after it, without a click and without pumping in short
/// pauses. One thread at a time.
class DuckingCurve {
 public:
  /// `spoken` in any order; `depth` in dB, by which the gain is lower there. `rate` in Hz.
  DuckingCurve(std::vector<TimeSpan> spoken, double depth, int rate);

  /// The gain of the next sample, (0, 1].
  [[nodiscard]] float next();

 private:
  struct Stretch {
    std::int64_t begin = 0;  ///< Where the gain has fallen, in samples.
    std::int64_t end = 0;    ///< Where it begins to rise.
  };

  double depth_;
  float lowest_;
  std::int64_t fall_;  ///< Samples that it takes.
  std::int64_t rise_;
  std::vector<Stretch> stretches_;  ///< In order, with room between them to rise and to fall.
  std::size_t current_ = 0;         ///< The first that has not been risen from.
  std::int64_t position_ = 0;
};

}  // namespace vat::media

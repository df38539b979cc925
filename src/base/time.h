// The unit of time on a recording's axis, and its conversions.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace vat {

/// A position or duration on a recording's time axis. Zero is what a player shows as 0:00.
using Millis = std::chrono::milliseconds;

[[nodiscard]] constexpr double to_seconds(Millis t) { return static_cast<double>(t.count()) / 1000.0; }
/// Rounds to the nearest millisecond.
[[nodiscard]] constexpr Millis from_seconds(double seconds) {
  return Millis(static_cast<std::int64_t>(seconds * 1000.0 + (seconds < 0 ? -0.5 : 0.5)));
}

/// "4:05" or "1:02:03", rounded to the second; negative times are zero.
[[nodiscard]] std::string clock_text(Millis time);

/// A stretch of time, `end` >= `start`.
struct TimeSpan {
  Millis start{0};
  Millis end{0};

  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

}  // namespace vat

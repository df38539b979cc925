// The unit of time on a recording's axis, and its conversions.
#pragma once

#include <chrono>
#include <cstdint>

namespace vat {

/// A position or duration on a recording's time axis. Zero is what a player shows as 0:00.
using Millis = std::chrono::milliseconds;

[[nodiscard]] constexpr double to_seconds(Millis t) { return static_cast<double>(t.count()) / 1000.0; }
/// Rounds to the nearest millisecond.
[[nodiscard]] constexpr Millis from_seconds(double seconds) {
  return Millis(static_cast<std::int64_t>(seconds * 1000.0 + (seconds < 0 ? -0.5 : 0.5)));
}

}  // namespace vat

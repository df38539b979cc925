// Limits how long a slow client may keep the server waiting. On the loop's thread only.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "http/loop.h"

namespace vat::http {

/// A timeout that waiting for the client uses up and that every byte the client moves restores by that byte's
/// time at the minimum rate, never above the full timeout. So a client that keeps the rate may go on for
/// ever, a silent one is disconnected after `timeout`, and one that trickles after a total wait of `timeout`.
class MinRateTimeout {
 public:
  /// `min_rate` in bytes per second; 0: every byte restores the whole timeout.
  MinRateTimeout(std::chrono::milliseconds timeout, std::uint64_t min_rate)
      : timeout_(timeout), remaining_(timeout), min_rate_(min_rate) {}

  /// Zero or less when the client must be disconnected. Negative if the server noticed late, which counts;
  /// otherwise a byte per check would be enough.
  [[nodiscard]] Clock::duration remaining() const { return remaining_; }
  void spend(Clock::duration waited) { remaining_ -= waited; }
  void restore(std::uint64_t bytes) {
    if (bytes == 0) return;
    const double seconds = min_rate_ == 0 ? 1e9 : static_cast<double>(bytes) / static_cast<double>(min_rate_);
    const std::chrono::duration<double> restored(
        std::min(seconds, std::chrono::duration<double>(timeout_).count()));
    remaining_ = std::min(remaining_ + std::chrono::duration_cast<Clock::duration>(restored), timeout_);
  }

 private:
  Clock::duration timeout_, remaining_;
  std::uint64_t min_rate_;
};

}  // namespace vat::http

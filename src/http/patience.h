// How long a slow client may keep the server waiting. Used inside the module; on the loop's thread alone.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "http/loop.h"

namespace vat::http {

/// Falls while the server waits for the client and rises with every byte that the client moves, as if each
/// took its time at the least rate, but never above where it began. So a client that keeps the rate may go on
/// for ever, one that is silent is given up after `most`, and one that trickles after `most` of waiting in
/// all.
class Patience {
 public:
  /// `rate` in bytes a second; 0: every byte restores the whole patience.
  Patience(std::chrono::milliseconds max, std::uint64_t rate) : max_(max), left_(max), rate_(rate) {}

  /// Not above zero when the client is to be given up. Below it when the server was late to see that, which
  /// counts, or else a byte for each look would do.
  [[nodiscard]] Clock::duration left() const { return left_; }
  void spend(Clock::duration waited) { left_ -= waited; }
  void earn(std::uint64_t bytes) {
    if (bytes == 0) return;
    const double seconds = rate_ == 0 ? 1e9 : static_cast<double>(bytes) / static_cast<double>(rate_);
    const std::chrono::duration<double> earned(
        std::min(seconds, std::chrono::duration<double>(max_).count()));
    left_ = std::min(left_ + std::chrono::duration_cast<Clock::duration>(earned), max_);
  }

 private:
  Clock::duration max_, left_;
  std::uint64_t rate_;
};

}  // namespace vat::http

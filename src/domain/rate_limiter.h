// The port to rate limits: how often somebody may do something. Implemented by queue.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace vat {

/// A token bucket: `amount` at once, refilled evenly within `window`.
struct RatePolicy {
  std::string_view name;     ///< "requests"; one word of lower-case letters, shown to clients.
  std::uint64_t amount = 0;  ///< 0: no limit.
  std::chrono::seconds window{60};
};

struct RateState {
  bool allowed = true;
  std::uint64_t remaining = 0;            ///< How often it may be done right now.
  std::chrono::milliseconds wait{0};      ///< Until it is allowed, if it is not.
  std::chrono::milliseconds refilled{0};  ///< Until `remaining` is the whole amount.
};

/// Safe to use from any thread; does not block for long.
class RateLimiter {
 public:
  virtual ~RateLimiter() = default;
  /// Takes `cost` tokens from the bucket of `who` under the policy, if it has that many; else takes none.
  /// `who` is an identifier or an address; the same text under two policies has two buckets.
  [[nodiscard]] virtual RateState take(const RatePolicy& policy, std::string_view who,
                                       std::uint64_t cost = 1) = 0;
};

}  // namespace vat

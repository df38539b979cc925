#include "queue/local_rate_limiter.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/random.h"

namespace vat::queue {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kWays = 8;
constexpr std::size_t kLocks = 64;

/// The generic cell rate algorithm (ITU-T I.371): of a token bucket it keeps one number, the time at which
/// the bucket will be full.
struct Bucket {
  std::uint64_t key = 0;  ///< 0: unused.
  std::int64_t full_at = 0;
};

class LocalRateLimiter final : public RateLimiter {
 public:
  LocalRateLimiter(std::size_t max_buckets, SteadyClock clock)
      : clock_(std::move(clock)), buckets_(std::max<std::size_t>(max_buckets / kWays, 1) * kWays) {
    std::array<unsigned char, 8> seed{};
    fill_random(seed);
    for (const unsigned char byte : seed) seed_ = seed_ << 8U | byte;
  }

  RateState take(const RatePolicy& policy, std::string_view who, std::uint64_t cost) override {
    if (policy.amount == 0) return {};
    const std::uint64_t key = key_of(policy.name, who);
    const std::size_t set = key % (buckets_.size() / kWays);
    const std::int64_t now = nanoseconds(clock_().time_since_epoch()).count();
    const std::lock_guard lock(mutexes_.at(set % kLocks));
    return take_from(find(std::span(buckets_).subspan(set * kWays, kWays), key, now), policy, cost, now);
  }

 private:
  /// Nobody outside can choose texts that meet in one set: the seed is secret.
  [[nodiscard]] std::uint64_t key_of(std::string_view name, std::string_view who) const {
    std::uint64_t hash = seed_;
    for (const std::string_view text : {name, std::string_view("\0", 1), who}) {
      for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x9E37'79B9'7F4A'7C15U;
        hash ^= hash >> 32U;
      }
    }
    return std::max<std::uint64_t>(hash, 1);
  }

  /// The bucket of the key, or else the fullest of the set, which is emptied of its owner.
  static Bucket& find(std::span<Bucket> set, std::uint64_t key, std::int64_t now) {
    Bucket* fullest = &set.front();
    for (Bucket& bucket : set) {
      if (bucket.key == key) return bucket;
      if (bucket.full_at < fullest->full_at) fullest = &bucket;
    }
    *fullest = {.key = key, .full_at = now};
    return *fullest;
  }

  static RateState take_from(Bucket& bucket, const RatePolicy& policy, std::uint64_t cost, std::int64_t now) {
    const std::int64_t window = nanoseconds(policy.window).count();
    const std::int64_t each = std::max<std::int64_t>(window / static_cast<std::int64_t>(policy.amount), 1);
    const std::int64_t start = std::max(bucket.full_at, now);
    const std::int64_t after = start + each * static_cast<std::int64_t>(std::min(cost, policy.amount));
    RateState state;
    state.allowed = after - now <= each * static_cast<std::int64_t>(policy.amount);
    if (state.allowed) bucket.full_at = after;
    const std::int64_t used = std::max<std::int64_t>(bucket.full_at - now, 0);
    state.remaining =
        policy.amount -
        std::min<std::uint64_t>(policy.amount, static_cast<std::uint64_t>((used + each - 1) / each));
    state.refilled = std::chrono::ceil<std::chrono::milliseconds>(nanoseconds(used));
    if (!state.allowed)
      state.wait = std::chrono::ceil<std::chrono::milliseconds>(
          nanoseconds(after - now - each * static_cast<std::int64_t>(policy.amount)));
    return state;
  }

  const SteadyClock clock_;
  std::uint64_t seed_ = 0;
  std::vector<Bucket> buckets_;  ///< Sets of kWays; each set under one of the mutexes.
  std::array<std::mutex, kLocks> mutexes_;
};

}  // namespace

std::unique_ptr<RateLimiter> make_local_rate_limiter(std::size_t max_buckets, SteadyClock clock) {
  return std::make_unique<LocalRateLimiter>(max_buckets, std::move(clock));
}

}  // namespace vat::queue

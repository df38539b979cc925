#include "queue/local_rate_limiter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace vat::queue {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LocalRateLimiter : public ::testing::Test {
 protected:
  RateState take(std::string_view who, std::uint64_t cost = 1) { return limiter->take(policy, who, cost); }
  std::unique_ptr<RateLimiter> make(std::size_t buckets) {
    return make_local_rate_limiter(buckets, [this] { return now; });
  }

  std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();
  const RatePolicy policy{.name = "requests", .amount = 6, .window = seconds(60)};
  std::unique_ptr<RateLimiter> limiter = make(1'024);
};

TEST_F(LocalRateLimiter, AllowsTheAmountAtOnceAndThenItsRate) {
  for (std::uint64_t left = 6; left-- > 0;) {
    const RateState state = take("ann");
    EXPECT_TRUE(state.allowed);
    EXPECT_EQ(state.remaining, left);
  }
  RateState state = take("ann");
  EXPECT_FALSE(state.allowed);
  EXPECT_EQ(state.wait, seconds(10));
  EXPECT_EQ(state.refilled, seconds(60));
  now += milliseconds(9'999);
  EXPECT_FALSE(take("ann").allowed) << "what is refused costs nothing, and the wait goes on";
  now += milliseconds(1);
  state = take("ann");
  EXPECT_TRUE(state.allowed);
  EXPECT_EQ(state.remaining, 0U);
  EXPECT_FALSE(take("ann").allowed);
  now += seconds(3600);
  EXPECT_EQ(take("ann").remaining, 5U) << "never more than the amount";
}

TEST_F(LocalRateLimiter, GivesEveryoneAndEveryPolicyABucket) {
  while (take("ann").allowed) continue;
  EXPECT_TRUE(take("ben").allowed);
  const RatePolicy other{.name = "jobs", .amount = 1, .window = seconds(60)};
  EXPECT_TRUE(limiter->take(other, "ann").allowed);
  EXPECT_FALSE(limiter->take(other, "ann").allowed);
}

TEST_F(LocalRateLimiter, ChargesTheCost) {
  EXPECT_EQ(take("ann", 4).remaining, 2U);
  EXPECT_FALSE(take("ann", 3).allowed);
  EXPECT_EQ(take("ann", 2).remaining, 0U);
  EXPECT_TRUE(take("ben", 100).allowed) << "more than the whole amount is the whole amount";
}

TEST_F(LocalRateLimiter, HasNoLimitWithoutAnAmount) {
  const RatePolicy none{.name = "requests", .amount = 0};
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(limiter->take(none, "ann").allowed);
}

TEST_F(LocalRateLimiter, ForgetsTheFullestWhenThereAreTooMany) {
  limiter = make(8);
  while (take("ann").allowed) continue;
  for (int i = 0; i < 1000; ++i) (void)take("passer-by " + std::to_string(i));
  EXPECT_FALSE(take("ann").allowed) << "whoever does most is remembered longest";
}

TEST_F(LocalRateLimiter, CountsFromAllThreads) {
  const RatePolicy many{.name = "requests", .amount = 1'000, .window = seconds(3600)};
  std::atomic<int> allowed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) allowed += limiter->take(many, "ann").allowed ? 1 : 0;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 1'000);
}

}  // namespace
}  // namespace vat::queue

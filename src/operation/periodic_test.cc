#include "operation/periodic.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace vat::operation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(Periodic, EveryTaskRunsAgainAndAgain) {
  std::latch first(3);
  std::latch second(2);
  const Periodic periodic({{milliseconds(1),
                            [&] {
                              if (!first.try_wait()) first.count_down();
                            }},
                           {milliseconds(2), [&] {
                              if (!second.try_wait()) second.count_down();
                            }}});
  first.wait();
  second.wait();
}

TEST(Periodic, EndsAtOnceWhateverIsDueLater) {
  std::atomic<int> runs = 0;
  const auto began = std::chrono::steady_clock::now();
  {
    const Periodic periodic({{hours(1), [&] { ++runs; }}});
  }
  { const Periodic nothing({}); }
  EXPECT_EQ(runs, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::minutes(1));
}

}  // namespace
}  // namespace vat::operation

#include "operation/process_statistics.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace vat::operation {
namespace {

TEST(ProcessStatistics, ANameWithSpacesAndParenthesesIsPassedOver) {
  const auto statistics = parse_stat(
      "42 (a) R (b) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 7 0 12345 1000000 300 1844", 100, 4096);
  EXPECT_DOUBLE_EQ(statistics.cpu_seconds, 3.0);
  EXPECT_EQ(statistics.threads, 7U);
  EXPECT_EQ(statistics.virtual_bytes, 1'000'000U);
  EXPECT_EQ(statistics.resident_bytes, 300U * 4096);
}

TEST(ProcessStatistics, ABrokenLineGivesZeros) {
  for (const char* const line : {"", "42 (vat", "42 (vat)", "42 (vat) S -1 x"})
    EXPECT_EQ(parse_stat(line, 100, 4096).resident_bytes, 0U) << line;
}

TEST(ProcessStatistics, ThisProcessIsSeen) {
  const auto statistics = process_statistics();
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_GT(statistics.resident_bytes, 1'000'000U);
  EXPECT_GE(statistics.threads, 1U);
  EXPECT_GE(statistics.open_descriptors, 3U);
  EXPECT_GE(statistics.max_descriptors, statistics.open_descriptors);
  EXPECT_NEAR(statistics.start_time_seconds, now, 3'600);
}

}  // namespace
}  // namespace vat::operation

#include "base/time.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(TimeTest, ClockTextIsWhatAPlayerShows) {
  EXPECT_EQ(clock_text(Millis(0)), "0:00");
  EXPECT_EQ(clock_text(Millis(-5)), "0:00");
  EXPECT_EQ(clock_text(Millis(9'499)), "0:09");
  EXPECT_EQ(clock_text(Millis(59'600)), "1:00");
  EXPECT_EQ(clock_text(Millis(3'600'000)), "1:00:00");
  EXPECT_EQ(clock_text(Millis(37'230'000)), "10:20:30");
}

}  // namespace
}  // namespace vat

#include "base/number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace vat {
namespace {

TEST(NumberTest, TheWholeTextIsTheNumber) {
  EXPECT_EQ(parse_number<int>("-12"), -12);
  EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_number<double>("-16.5"), -16.5);
  for (const char* other : {"", " 1", "1 ", "+1", "1.0", "0x1", "one", "99999999999"})
    EXPECT_EQ(parse_number<int>(other), std::nullopt) << other;
  EXPECT_EQ(parse_number<std::uint64_t>("-1"), std::nullopt);
}

TEST(NumberTest, BoundsBelongToTheRange) {
  EXPECT_EQ(parse_number("-10", -10, 10), -10);
  EXPECT_EQ(parse_number("10", -10, 10), 10);
  EXPECT_EQ(parse_number("11", -10, 10), std::nullopt);
}

TEST(NumberTest, WhatIsNotFiniteIsNoNumber) {
  for (const char* other : {"inf", "-inf", "nan", "1e999"})
    EXPECT_EQ(parse_number<double>(other), std::nullopt) << other;
}

TEST(NumberTest, ANumberIsCutOffTheFront) {
  std::string_view text = "12-srt";
  EXPECT_EQ(take_number<int>(text), 12);
  EXPECT_EQ(text, "-srt");
  text = "srt";
  EXPECT_EQ(take_number<int>(text), std::nullopt);
  EXPECT_EQ(text, "srt");
}

}  // namespace
}  // namespace vat

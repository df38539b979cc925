#include "base/hex.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(HexTest, EachByteHasTwoDigits) {
  EXPECT_EQ(to_hex(std::string_view("\x00\x0f\xa5\xff", 4)), "000fa5ff");
  EXPECT_EQ(to_hex(""), "");
}

TEST(HexTest, WhatAUrlMayNotHoldIsEncoded) {
  EXPECT_EQ(percent_encode("a-Z_0.~/ü %"), "a-Z_0.~%2F%C3%BC%20%25");
  EXPECT_EQ(percent_encode("/talks/a b", "/"), "/talks/a%20b");
  EXPECT_EQ(percent_encode(std::string_view("\0", 1), "/"), "%00");
}

}  // namespace
}  // namespace vat

#include "base/bytes.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(BytesTest, AmountsReadWell) {
  EXPECT_EQ(format_bytes(0), "0 bytes");
  EXPECT_EQ(format_bytes(999), "999 bytes");
  EXPECT_EQ(format_bytes(885'098), "885.1 kB");
  EXPECT_EQ(format_bytes(147'964'211), "148.0 MB");
  EXPECT_EQ(format_bytes(999'960'000), "1.0 GB");
  EXPECT_EQ(format_bytes(3'095'033'483), "3.1 GB");
  EXPECT_EQ(format_bytes(UINT64_MAX), "18446744.1 TB");
}

}  // namespace
}  // namespace vat

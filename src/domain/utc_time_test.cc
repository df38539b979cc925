#include "domain/utc_time.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(UtcTime, IsWrittenAsRfc3339) {
  EXPECT_EQ(to_rfc3339(from_unix_millis(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(from_unix_millis(1'764'030'457'123)), "2025-11-25T00:27:37.123Z");
  EXPECT_EQ(to_rfc3339(from_unix_millis(951'827'696'789)), "2000-02-29T12:34:56.789Z");
}

TEST(UtcTime, KeepsItsMilliseconds) {
  EXPECT_EQ(to_unix_millis(from_unix_millis(1'764'030'457'123)), 1'764'030'457'123);
}

}  // namespace
}  // namespace vat

#include "base/utc_time.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(UtcTime, IsWrittenAsRfc3339) {
  EXPECT_EQ(to_rfc3339(from_unix_millis(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(from_unix_millis(1'764'030'457'123)), "2025-11-25T00:27:37.123Z");
  EXPECT_EQ(to_rfc3339(from_unix_millis(951'827'696'789)), "2000-02-29T12:34:56.789Z");
}

std::string shown(std::string_view text) {
  const auto time = parse_rfc3339(text);
  return time ? to_rfc3339(*time) : "none";
}

TEST(UtcTime, IsReadInEveryZone) {
  EXPECT_EQ(shown("2026-11-25T00:47:37Z"), "2026-11-25T00:47:37.000Z");
  EXPECT_EQ(shown("2026-11-25t00:47:37.1239999z"), "2026-11-25T00:47:37.123Z");
  EXPECT_EQ(shown("2026-11-25 01:00:00.5+01:30"), "2026-11-24T23:30:00.500Z");
  EXPECT_EQ(shown("2024-02-29T23:59:60-00:01"), "2024-03-01T00:00:59.999Z");
  EXPECT_EQ(shown("0000-01-01T00:00:00Z"), "0000-01-01T00:00:00.000Z");
}

TEST(UtcTime, IsNothingElseThanRfc3339) {
  for (const char* const wrong :
       {"", "2026", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-11-25",
        "2026-11-25T00:47:37", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-25T24:00:00Z",
        "2026-11-25T00:60:00Z", "2026-11-25T00:00:61Z", "2026-11-25T00:00:00.Z", "2026-11-25T00:00:00+24:00",
        "2026-11-25T00:00:00+0100", "2026-11-25T00:00:00Z ", "+026-11-25T00:00:00Z",
        "2026-11-25T00:00:00.1234567890Z"}) {
    EXPECT_EQ(shown(wrong), "none") << wrong;
  }
}

TEST(UtcTime, IsWrittenAndReadAsHttpDoes) {
  const UtcTime time = from_unix_seconds(784'111'777);
  EXPECT_EQ(to_http_date(time + std::chrono::milliseconds(999)), "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const char* const form :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    EXPECT_EQ(parse_http_date(form), time) << form;
  for (const char* const wrong :
       {"", "784111777", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT+1"})
    EXPECT_EQ(parse_http_date(wrong), std::nullopt) << wrong;
}

TEST(UtcTime, KeepsItsMilliseconds) {
  EXPECT_EQ(to_unix_millis(from_unix_millis(1'764'030'457'123)), 1'764'030'457'123);
}

}  // namespace
}  // namespace vat

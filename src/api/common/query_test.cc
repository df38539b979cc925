#include "api/common/query.h"

#include <gtest/gtest.h>

namespace vat::api {
namespace {

std::string shown(std::string_view text) {
  const auto time = parse_rfc3339(text);
  return time ? to_rfc3339(*time) : "none";
}

TEST(ParseRfc3339, ReadsTimesOfEveryZone) {
  EXPECT_EQ(shown("2026-11-25T00:47:37Z"), "2026-11-25T00:47:37.000Z");
  EXPECT_EQ(shown("2026-11-25t00:47:37.1239999z"), "2026-11-25T00:47:37.123Z");
  EXPECT_EQ(shown("2026-11-25 01:00:00.5+01:30"), "2026-11-24T23:30:00.500Z");
  EXPECT_EQ(shown("2024-02-29T23:59:60-00:01"), "2024-03-01T00:00:59.999Z");
  EXPECT_EQ(shown("0000-01-01T00:00:00Z"), "0000-01-01T00:00:00.000Z");
}

TEST(ParseRfc3339, RefusesEverythingElse) {
  for (const char* const wrong :
       {"", "2026", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-11-25",
        "2026-11-25T00:47:37", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-25T24:00:00Z",
        "2026-11-25T00:60:00Z", "2026-11-25T00:00:61Z", "2026-11-25T00:00:00.Z", "2026-11-25T00:00:00+24:00",
        "2026-11-25T00:00:00+0100", "2026-11-25T00:00:00Z ", "+026-11-25T00:00:00Z",
        "2026-11-25T00:00:00.1234567890Z"}) {
    EXPECT_EQ(shown(wrong), "none") << wrong;
  }
}

http::Request asking(std::string name, std::string value) {
  http::Request request;
  request.query.emplace_back(std::move(name), std::move(value));
  return request;
}

TEST(Query, TakesNumbersWithinTheirRange) {
  EXPECT_EQ(*query_integer(asking("revision", "7"), "revision", 1, 9), 7);
  EXPECT_EQ(*query_integer(asking("other", "7"), "revision", 1, 9), std::nullopt);
  for (const char* const wrong :
       {"", "0", "10", "7x", " 7", "+7", "0x7", "99999999999999999999", "-1", "7.0"}) {
    const auto number = query_integer(asking("revision", wrong), "revision", 1, 9);
    ASSERT_FALSE(number) << wrong;
    EXPECT_EQ(number.error().field, "revision");
  }
  EXPECT_EQ(*query_limit(asking("x", "y")), 50U);
  EXPECT_EQ(*query_limit(asking("limit", "200")), 200U);
  EXPECT_FALSE(query_limit(asking("limit", "201")));
}

TEST(Query, TakesTextWithinItsBound) {
  EXPECT_EQ(*query_text(asking("q", "Grüße"), "q", 10), "Grüße");
  EXPECT_EQ(query_text(asking("q", "Grüße"), "q", 6).error().field, "q");
  EXPECT_FALSE(query_text(asking("q", std::string("a\0b", 3)), "q", 10));
}

TEST(Query, TakesFlags) {
  EXPECT_TRUE(*query_flag(asking("download", ""), "download"));
  EXPECT_TRUE(*query_flag(asking("download", "true"), "download"));
  EXPECT_FALSE(*query_flag(asking("download", "false"), "download"));
  EXPECT_FALSE(*query_flag(asking("x", "true"), "download"));
  EXPECT_FALSE(query_flag(asking("download", "maybe"), "download"));
}

}  // namespace
}  // namespace vat::api

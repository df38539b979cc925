#include "api/common/query.h"

#include <gtest/gtest.h>

namespace vat::api {
namespace {

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

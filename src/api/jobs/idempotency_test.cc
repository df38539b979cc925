#include "api/jobs/idempotency.h"

#include <gtest/gtest.h>

namespace vat::api {
namespace {

http::Request with_key(std::string key) {
  http::Request request;
  request.method = http::Method::kPost;
  request.path = "/api/v1/jobs";
  request.headers.emplace_back("idempotency-KEY", std::move(key));
  return request;
}

TEST(IdempotencyKey, TellsRequestsApart) {
  const auto first = idempotency_key(with_key("k1"), "a");
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->key, "k1");
  EXPECT_EQ((*idempotency_key(with_key("k1"), "a"))->request_hash, (*first)->request_hash);
  EXPECT_NE((*idempotency_key(with_key("k1"), "b"))->request_hash, (*first)->request_hash);
  EXPECT_EQ(*idempotency_key(http::Request(), "a"), std::nullopt);
}

TEST(IdempotencyKey, RefusesWhatIsNoKey) {
  for (const std::string& key :
       {std::string(), std::string("a b"), std::string("\xC3\xA9"), std::string(256, 'x')}) {
    const auto read = idempotency_key(with_key(key), "a");
    ASSERT_FALSE(read) << key;
    EXPECT_EQ(read.error().field, "Idempotency-Key");
  }
}

}  // namespace
}  // namespace vat::api

#include "api/jobs/new_job.h"

#include <gtest/gtest.h>

namespace vat::api {
namespace {

int status_of(std::string_view url, bool allow_private = false) {
  const auto checked = check_webhook_url(url, allow_private, "url");
  if (checked) return 200;
  EXPECT_EQ(checked.error().field, "url");
  return traits(checked.error().code).http_status;
}

TEST(WebhookUrl, TakesPublicAddresses) {
  for (const char* const url :
       {"https://hooks.example.com/vat?x=1", "http://example.com", "HTTPS://Example.COM:8443/",
        "https://93.184.216.34/x", "https://[2606:4700::1111]:443/x", "https://a.b-c.io/%20"}) {
    EXPECT_EQ(status_of(url), 200) << url;
  }
}

TEST(WebhookUrl, RefusesPrivateAddressesUnlessTheyAreAllowed) {
  for (const char* const url :
       {"http://localhost/x", "http://LOCALHOST:80", "http://a.localhost/", "http://127.0.0.1/",
        "http://10.1.2.3/", "http://169.254.169.254/latest", "http://[::1]/", "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/", "http://127.1/", "http://2130706433/", "http://0x7f.0.0.1/",
        "http://0x7f000001/", "http://0177.0.0.1/", "http://printer.local/", "http://db.internal/",
        "http://intranet/", "http://localhost./", "http://0.0.0.0/"}) {
    EXPECT_EQ(status_of(url), 403) << url;
    EXPECT_EQ(status_of(url, true), 200) << url;
  }
}

TEST(WebhookUrl, RefusesWhatIsNoHttpAddress) {
  for (const std::string& url :
       {std::string(), std::string("example.com"), std::string("ftp://example.com/"),
        std::string("file:///etc/passwd"), std::string("javascript:alert(1)"), std::string("http://"),
        std::string("http:///x"), std::string("http://user:pass@example.com/"),
        std::string("http://example.com@10.0.0.1/"), std::string("http://example.com#x"),
        std::string("http://exa mple.com/"), std::string("http://example.com:99999/"),
        std::string("http://example.com:/"), std::string("http://example.com\\@10.0.0.1/"),
        std::string("http://[::1"), std::string("http://ex%61mple.com/"), std::string("http://münchen.de/"),
        std::string("http://example.com/\r\nX: y"), "http://example.com/" + std::string(3000, 'a')}) {
    EXPECT_EQ(status_of(url), 400) << url;
  }
}

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

#include "api/common/response_policy.h"

#include <gmock/gmock.h>

#include "api/testing/test_service.h"

namespace vat::api {
namespace {

using http::Method;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::TestService;

TEST(ResponsePolicy, IsInEveryResponse) {
  TestService service;
  for (const char* const path :
       {"/api/v1/jobs", "/v1/models", "/api/v1/jobs/00000000-0000-7000-8000-00000000000a", "/api/v1/nothing",
        "/openapi.json", "/docs", "/docs/docs.js", "/redoc"}) {
    const Reply reply = service.client->get(path);
    EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("default-src 'none'")) << path;
    EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("frame-ancestors 'none'")) << path;
    EXPECT_THAT(reply.header("Content-Security-Policy"), Not(HasSubstr("script-src 'unsafe"))) << path;
    EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(reply.header("Referrer-Policy"), "no-referrer") << path;
    EXPECT_EQ(reply.header("Cross-Origin-Opener-Policy"), "same-origin") << path;
    EXPECT_EQ(reply.header("Cross-Origin-Resource-Policy"), "same-origin") << path;
    EXPECT_THAT(reply.header("Permissions-Policy"), HasSubstr("camera=()")) << path;
    EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "") << path;
    EXPECT_EQ(reply.header("Strict-Transport-Security"), "") << path;
  }
}

TEST(ResponsePolicy, LetsNothingRunThatIsNoPage) {
  TestService service;
  const Job job = service.completed();
  for (const std::string& path :
       {"/api/v1/jobs/" + job.id, "/api/v1/jobs/" + job.id + "/transcript?format=txt",
        "/api/v1/jobs/" + job.id + "/files/talk.srt"})
    EXPECT_THAT(service.client->get(path).header("Content-Security-Policy"), HasSubstr("sandbox")) << path;
}

TEST(ResponsePolicy, InsistsOnHttpsWhereThatIsItsAddress) {
  TestService service;
  service.services().strict_transport = true;
  EXPECT_EQ(service.client->get("/api/v1/jobs").header("Strict-Transport-Security"), "")
      << "browsers ignore it in plain text (RFC 6797, section 8.1)";
  service.client->secure = true;
  EXPECT_EQ(service.client->get("/api/v1/jobs").header("Strict-Transport-Security"), "max-age=31536000");
}

class Cors : public ::testing::Test {
 protected:
  Cors() { service.services().cors_origins = {"https://app.example"}; }
  Reply post(HttpHeaders headers) {
    return service.client->json(Method::kPost, "/api/v1/keys", R"({"name":"x"})", std::move(headers));
  }
  TestService service;
};

TEST_F(Cors, IsForTheListedOriginsOnly) {
  const Reply own = post({{"Origin", "https://app.example"}, {"Sec-Fetch-Site", "cross-site"}});
  EXPECT_EQ(own.status, 201) << own.body;
  EXPECT_EQ(own.header("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(own.header("Access-Control-Allow-Credentials"), "");
  for (const char* const origin :
       {"https://app.example.evil", "http://app.example", "https://app.example:8443", "https://x.app.example",
        "HTTPS://APP.EXAMPLE", "null", "*"}) {
    const Reply other = post({{"Origin", origin}});
    EXPECT_EQ(other.status, 403) << origin;
    EXPECT_EQ(other.header("Access-Control-Allow-Origin"), "") << origin;
    EXPECT_EQ(other.header("Vary"), "Origin") << origin;
  }
}

TEST_F(Cors, UsesNoVisitorsSession) {
  EXPECT_EQ(post({{"Origin", "https://app.example"}, {"Cookie", "__Host-vat=x"}}).status, 403);
}

TEST_F(Cors, AnswersPreflights) {
  const HttpHeaders preflight = {{"Origin", "https://app.example"},
                                 {"Access-Control-Request-Method", "PATCH"},
                                 {"Access-Control-Request-Headers", "authorization"}};
  for (const char* const path : {"/api/v1/uploads", "/api/v1/uploads/00000000-0000-7000-8000-00000000000a"}) {
    const Reply reply = service.client->send(Method::kOptions, path, {}, preflight);
    EXPECT_EQ(reply.status, 204) << path;
    EXPECT_THAT(reply.header("Access-Control-Allow-Methods"), HasSubstr("PATCH")) << path;
    EXPECT_THAT(reply.header("Access-Control-Allow-Headers"), HasSubstr("Authorization")) << path;
  }
}

}  // namespace
}  // namespace vat::api

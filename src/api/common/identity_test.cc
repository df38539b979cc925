#include "api/common/identity.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/common/problem.h"
#include "api/testing/test_service.h"
#include "base/log.h"

namespace vat::api {
namespace {

using http::Method;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::TestService;

TEST(HostName, LeavesThePortOut) {
  EXPECT_EQ(host_name("localhost:8000"), "localhost");
  EXPECT_EQ(host_name("LocalHost"), "localhost");
  EXPECT_EQ(host_name("[::1]:8000"), "[::1]");
  EXPECT_EQ(host_name("[::1"), "[::1");
  EXPECT_EQ(host_name(""), "");
}

TEST(Identity, IsTheLocalUserWithoutAKey) {
  TestService service;
  const Reply reply = service.client->get("/api/v1/me");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(kLocalUserId));
}

TEST(Identity, IsTheUserOfTheKey) {
  TestService service;
  const HttpHeaders other = service.other_user();
  EXPECT_THAT(service.client->get("/api/v1/me", other).body, HasSubstr("Someone else"));
  HttpHeaders lower = other;
  lower[0].second.replace(0, 6, "bearer");
  EXPECT_THAT(service.client->get("/api/v1/me", lower).body, HasSubstr("Someone else"));
}

TEST(Identity, RefusesEveryOtherKey) {
  TestService service;
  for (const std::string& field :
       {std::string("Bearer vat_wrong"), std::string("Bearer sk-123"), std::string("Bearer "),
        std::string("Basic dTpw"), std::string("vat_x"), "Bearer vat_" + std::string(10'000, 'x')}) {
    const Reply reply = service.client->get("/api/v1/me", {{"Authorization", field}});
    EXPECT_EQ(reply.status, 401) << field;
    EXPECT_THAT(reply.header("WWW-Authenticate"), HasSubstr("Bearer")) << field;
  }
}

TEST(SameSite, AnswersOnlyUnderNamesOfThisMachine) {
  TestService service;
  for (const char* const host : {"localhost", "localhost:9", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"}) {
    service.client->host = host;
    EXPECT_EQ(service.client->get("/api/v1/jobs").status, 200) << host;
  }
  for (const char* const host :
       {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8000", "0.0.0.0", ""}) {
    service.client->host = host;
    for (const char* const path : {"/api/v1/jobs", "/v1/models", "/", "/docs", "/openapi.json", "/healthz",
                                   "/nothing", "/api/v1/nothing", "/api/v1/jobs/"})
      EXPECT_EQ(service.client->get(path).status, 421) << host << path;
    EXPECT_EQ(service.client->send(Method::kDelete, "/api/v1/me", "", {}).status, 421) << host;
  }
  service.services().allowed_hosts = {"vat.lan"};
  service.client->host = "Vat.lan:8000";
  EXPECT_EQ(service.client->get("/api/v1/jobs").status, 200);
}

TEST(SameSite, RefusesChangesByPagesOfOtherSites) {
  TestService service;
  const auto post = [&](HttpHeaders headers) {
    return service.client->json(Method::kPost, "/api/v1/keys", R"({"name":"x"})", std::move(headers)).status;
  };
  EXPECT_EQ(post({}), 201);
  EXPECT_EQ(post({{"Origin", "http://localhost:8000"}}), 201);
  EXPECT_EQ(post({{"Origin", "http://localhost:8000"}, {"Sec-Fetch-Site", "same-origin"}}), 201);
  EXPECT_EQ(post({{"Origin", "http://evil.example"}}), 403);
  EXPECT_EQ(post({{"Origin", "http://localhost:3000"}}), 403);
  EXPECT_EQ(post({{"Origin", "null"}}), 403);
  EXPECT_EQ(post({{"Sec-Fetch-Site", "cross-site"}}), 403);
  // Reading is harmless: without CORS no foreign page sees the answer.
  EXPECT_EQ(service.client->get("/api/v1/jobs", {{"Origin", "http://evil.example"}}).status, 200);
}

TEST(SameSite, TellsBrowsersToKeepAnswersToThisSite) {
  TestService service;
  const Reply reply = service.client->get("/api/v1/jobs");
  EXPECT_EQ(reply.header("Cross-Origin-Resource-Policy"), "same-origin");
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_TRUE(reply.header("Access-Control-Allow-Origin").empty());
}

http::Request some_request() {
  http::Request request;
  request.id = "r-1";
  return request;
}

std::string body(const http::Response& response) { return std::get<std::string>(response.body); }

TEST(Problem, HidesWhatBelongsIntoTheLog) {
  set_log_format(LogFormat::kJson);
  ::testing::internal::CaptureStderr();
  const auto response =
      problem_response(some_request(), Error(ErrorCode::kInternal, "row 5 is broken", "secret"));
  const std::string log = ::testing::internal::GetCapturedStderr();
  set_log_format(LogFormat::kHuman);
  EXPECT_THAT(log, AllOf(HasSubstr(R"("message":"A request failed.","code":"internal")"),
                         HasSubstr(R"("reason":"row 5 is broken")"), HasSubstr(R"("request_id":"r-1")")));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1);
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(body(response), Not(HasSubstr("row 5")));
  EXPECT_THAT(body(response), Not(HasSubstr("secret")));
  EXPECT_THAT(body(response), HasSubstr("r-1"));
}

TEST(Problem, DoesNotBlameTheClientForFailuresOfTheMachine) {
  const auto missing = problem_response(some_request(), system_error(2, "read", "/var/lib/vat/x"));
  EXPECT_EQ(missing.status, 500);
  EXPECT_THAT(body(missing), Not(HasSubstr("/var/lib")));
  EXPECT_THAT(body(missing), HasSubstr("\"internal\""));
  const auto full = problem_response(some_request(), system_error(28, "write", "/var/lib/vat/x"));
  EXPECT_EQ(full.status, 507);
  EXPECT_THAT(body(full), Not(HasSubstr("/var/lib")));
}

TEST(Problem, SaysWhenToTryAgain) {
  const auto away = problem_response(some_request(), Error(ErrorCode::kUnavailable, "Away.").as_retryable());
  EXPECT_EQ(away.status, 503);
  EXPECT_FALSE(find_header(away.headers, "Retry-After").empty());
  const auto gone = problem_response(some_request(), Error(ErrorCode::kUnavailable, "No engine."));
  EXPECT_TRUE(find_header(gone.headers, "Retry-After").empty());
}

}  // namespace
}  // namespace vat::api

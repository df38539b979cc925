#include "operation/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/log.h"
#include "http/server.h"
#include "net/curl_http_client.h"

namespace vat::operation {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class OperationRoutes : public ::testing::Test {
 protected:
  OperationRoutes() {
    router_.set_error_writer("", [](const http::Request&, const Error& error) {
      return http::text_response(http_status(error), "text/plain", error.message);
    });
    router_.use("/", error_log());
    add_operation_routes(router_, {readiness_, &metrics_, sources_, pool_});
    router_.add(http::Method::kGet, "/broken/{id}", [](http::Request&) -> http::Task<Result<http::Response>> {
      co_return fail(ErrorCode::kUnavailable, "The engine is away.", "the detail");
    });
    EXPECT_TRUE(server_.start());
  }
  ~OperationRoutes() override {
    server_.stop(std::chrono::seconds(10));
    set_log_level(LogLevel::kWarning);
    set_log_format(LogFormat::kHuman);
  }

  HttpResponse get(const std::string& target) {
    return http_
        .send({.url = "http://127.0.0.1:" + std::to_string(server_.port()) + target}, std::stop_token())
        .value();
  }

  std::atomic<bool> ready_ = true;
  Readiness readiness_{{{"database",
                         [this]() -> Result<> {
                           if (!ready_) return fail(ErrorCode::kUnavailable, "The database is away.");
                           return {};
                         }}},
                       std::chrono::milliseconds(0),
                       std::chrono::minutes(1)};
  Metrics metrics_;
  MetricSources sources_;
  http::BlockingPool pool_{1, 10};
  http::Router router_;
  http::Server server_{{.port = 0}, router_, pool_, [this](const http::AccessRecord& record) {
                         metrics_.count_request(record);
                         write_access_log(record);
                       }};
  net::CurlHttpClient http_;
};

TEST_F(OperationRoutes, HealthIsAliveWhateverElseIsNot) {
  ready_ = false;
  const HttpResponse answer = get("/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
  EXPECT_EQ(find_header(answer.headers, "Cache-Control"), "no-store");
}

TEST_F(OperationRoutes, ReadinessSaysWhatIsMissing) {
  EXPECT_EQ(get("/readyz").status, 200);
  ready_ = false;
  const HttpResponse answer = get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, R"({"status":"unavailable","checks":{"database":"The database is away."}})");
  EXPECT_EQ(find_header(answer.headers, "Retry-After"), "2");
}

TEST_F(OperationRoutes, MetricsAreInTheTextFormat) {
  (void)get("/healthz");
  const HttpResponse answer = get("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(std::string(find_header(answer.headers, "Content-Type")), HasSubstr("version=0.0.4"));
  EXPECT_THAT(answer.body,
              HasSubstr(R"(vat_http_requests_total{method="GET",route="/healthz",status="200"} )"));
}

TEST_F(OperationRoutes, TheLogSaysWhatHappenedAndNoQuery) {
  set_log_level(LogLevel::kInfo);
  set_log_format(LogFormat::kJson);
  ::testing::internal::CaptureStderr();
  (void)get("/broken/7?token=secret");
  for (const char* const path : {"/s/secret", "/s/secret/", "/api/v1/shared/secret/media", "/s/secret?a=1"})
    (void)get(path);
  server_.stop(std::chrono::seconds(10));
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(
      text,
      AllOf(
          HasSubstr(
              R"("message":"request","method":"GET","route":"/broken/{id}","path":"/broken/7","status":503)"),
          HasSubstr(R"("level":"warning","message":"A request failed.","code":"unavailable")"),
          HasSubstr(R"("detail":"the detail")"), HasSubstr(R"("remote":"127.0.0.1")"),
          HasSubstr(R"("path":"/s/...","status":404)"), HasSubstr(R"("path":"/api/v1/shared/.../media")"),
          Not(HasSubstr("secret"))));
}

}  // namespace
}  // namespace vat::operation

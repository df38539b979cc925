#include "operation/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <thread>

namespace vat::operation {
namespace {

using std::chrono::duration;
using std::chrono::microseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

void count(Metrics& metrics, const std::string& route, int status, microseconds took) {
  http::Request request;
  request.route = route;
  request.path = "/secret/path";
  metrics.count_request({request, status, 10, 200, took});
}

TEST(Metrics, RequestsAreCountedByRouteMethodAndStatus) {
  Metrics metrics;
  count(metrics, "/api/v1/jobs/{id}", 200, microseconds(700));
  count(metrics, "/api/v1/jobs/{id}", 200, microseconds(3'000));
  count(metrics, "/api/v1/jobs/{id}", 404, microseconds(100));
  count(metrics, "", 404, microseconds(100));
  const std::string text = metrics.render({});
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("# TYPE vat_http_requests_total counter"),
            HasSubstr(R"(vat_http_requests_total{method="GET",route="/api/v1/jobs/{id}",status="200"} 2)"),
            HasSubstr(R"(vat_http_requests_total{method="GET",route="/api/v1/jobs/{id}",status="404"} 1)"),
            HasSubstr(R"(vat_http_requests_total{method="GET",route="none",status="404"} 1)"),
            HasSubstr(R"(vat_http_request_duration_seconds_bucket{route="/api/v1/jobs/{id}",le="0.001"} 2)"),
            HasSubstr(R"(vat_http_request_duration_seconds_count{route="/api/v1/jobs/{id}"} 3)"),
            HasSubstr("vat_http_received_bytes_total 40"), HasSubstr("vat_http_sent_bytes_total 800"),
            Not(HasSubstr("secret"))));
}

TEST(Metrics, CountsAreRightWhateverManyThreadsDo) {
  Metrics metrics;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 1'000; ++n) count(metrics, "/route" + std::to_string(n % 10), 200, microseconds(1));
    });
  threads.clear();
  EXPECT_THAT(metrics.render({}),
              HasSubstr(R"(vat_http_requests_total{method="GET",route="/route3",status="200"} 400)"));
}

TEST(Metrics, JobsAndChunksHaveDurationsAndTheSpeedOfWhatWasCompleted) {
  Metrics metrics;
  metrics.count_job("process", "completed", duration<double>(30), duration<double>(120));
  metrics.count_job("process", "failed", duration<double>(1), duration<double>(60));
  metrics.count_job("speech", "completed", duration<double>(2), duration<double>(0));
  metrics.count_chunk(duration<double>(0.3));
  metrics.count_delivery("retry");
  EXPECT_THAT(metrics.render({}),
              AllOf(HasSubstr(R"(vat_jobs_finished_total{kind="process",state="completed"} 1)"),
                    HasSubstr(R"(vat_jobs_finished_total{kind="process",state="failed"} 1)"),
                    HasSubstr(R"(vat_job_duration_seconds_sum{kind="process"} 31)"),
                    HasSubstr("vat_media_seconds_total 120"), HasSubstr("vat_job_real_time_factor_sum 0.25"),
                    HasSubstr("vat_job_real_time_factor_count 1"),
                    HasSubstr(R"(vat_chunk_duration_seconds_bucket{le="0.5"} 1)"),
                    HasSubstr(R"(vat_webhook_attempts_total{outcome="retry"} 1)")));
}

TEST(Metrics, TheServerThePoolsAndTheProcessAreSeen) {
  const Metrics metrics;
  MetricSources sources;
  sources.server = [] { return http::ServerStatistics{3, 1, 9, 2}; };
  sources.models = [] { return ModelUse{2, 300, 1'000, 1, 5, 4, 3, 2}; };
  sources.pools = {{"database", [] { return PoolUse{4, 3, 5}; }}, {"slow", [] { return PoolUse{2, 0, 0}; }}};
  const std::string text = metrics.render(sources);
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("vat_http_connections 3"), HasSubstr("vat_http_connections_accepted_total 9"),
            HasSubstr("vat_http_connections_refused_total 2"),
            HasSubstr(R"(vat_pool_threads{pool="database"} 4)"),
            HasSubstr(R"(vat_pool_busy{pool="database"} 3)"),
            HasSubstr(R"(vat_pool_waiting{pool="database"} 5)"),
            HasSubstr(R"(vat_pool_waiting{pool="slow"} 0)"), HasSubstr("vat_models_loaded 2"),
            HasSubstr("vat_model_memory_bytes 300"), HasSubstr("vat_model_memory_limit_bytes 1000"),
            HasSubstr("vat_model_waiting 1"), HasSubstr(R"(vat_model_loads_total{outcome="loaded"} 5)"),
            HasSubstr(R"(vat_model_loads_total{outcome="failed"} 4)"),
            HasSubstr(R"(vat_model_loads_total{outcome="stopped"} 3)"),
            HasSubstr("vat_model_evictions_total 2"), HasSubstr(R"(vat_build_info{version=")" VAT_VERSION),
            HasSubstr("process_open_fds "), HasSubstr("# TYPE process_cpu_seconds_total counter")));
  // Metrics of one name are grouped, below one line of each kind.
  std::set<std::string> told;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    EXPECT_TRUE(!line.starts_with("# ") || told.insert(line).second) << line;
}

}  // namespace
}  // namespace vat::operation

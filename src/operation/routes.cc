#include "operation/routes.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"

namespace vat::operation {
namespace {

using http::Request;
using http::Response;
using http::Task;

constexpr const char* kJson = "application/json";
constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

Response no_store(Response response) {
  response.set("Cache-Control", "no-store");
  return response;
}

/// Behind these stands the secret of a share link.
constexpr std::array<std::string_view, 2> kSecretPaths = {"/s/", "/api/v1/shared/"};

/// The path without a secret that is part of it.
std::string shown_path(std::string_view path) {
  for (const std::string_view prefix : kSecretPaths) {
    if (!path.starts_with(prefix)) continue;
    const std::size_t end = std::min(path.find('/', prefix.size()), path.size());
    return std::string(prefix) + "..." + std::string(path.substr(end));
  }
  return std::string(path);
}

void log_failure(const Request& request, const Error& error) {
  // Internal errors are not shown to the client; the code that writes their response logs the reason.
  if (http_status(error) < 500 || error.code == ErrorCode::kInternal) return;
  if (request.body->client_gone()) return;
  log(LogLevel::kWarning, "A request failed.",
      {{"code", traits(error.code).name},
       {"reason", error.message},
       {"detail", error.detail},
       {"method", http::method_name(request.method)},
       {"route", request.route},
       {"request_id", request.id}});
}

}  // namespace

void add_operation_routes(http::Router& router, const OperationServices& services) {
  router.add(http::Method::kGet, "/healthz", [](Request&) -> Task<Result<Response>> {
    co_return no_store(http::text_response(200, kJson, R"({"status":"ok"})"));
  });
  router.add(http::Method::kGet, "/readyz",
             [&readiness = services.readiness, &pool = services.pool](Request&) -> Task<Result<Response>> {
               const auto report =
                   co_await pool.run([&]() -> Result<ReadinessReport> { return readiness.report(); });
               if (!report) co_return fail(report.error());
               Response response =
                   no_store(http::text_response(report->ready ? 200 : 503, kJson, to_json(*report)));
               if (!report->ready) response.set("Retry-After", "2");
               co_return response;
             });
  if (services.metrics == nullptr) return;
  router.add(http::Method::kGet, "/metrics",
             [&metrics = *services.metrics, &sources = services.sources,
              &pool = services.pool](Request&) -> Task<Result<Response>> {
               auto text =
                   co_await pool.run([&]() -> Result<std::string> { return metrics.render(sources); });
               if (!text) co_return fail(text.error());
               co_return no_store(http::text_response(200, kMetricsType, std::move(*text)));
             });
}

http::Middleware error_log() {
  return [](Request& request, const http::Handler& next) -> Task<Result<Response>> {
    auto result = co_await next(request);
    if (!result) log_failure(request, result.error());
    co_return result;
  };
}

void write_access_log(const http::AccessRecord& record) {
  if (!log_enabled(LogLevel::kInfo)) return;
  const Request& request = record.request;
  log(LogLevel::kInfo, "request",
      {{"method", http::method_name(request.method)},
       {"route", request.route},
       {"path", shown_path(request.path)},
       {"status", record.status},
       {"duration_ms", static_cast<double>(record.duration.count()) / 1000},
       {"bytes_in", record.bytes_in},
       {"bytes_out", record.bytes_out},
       {"request_id", request.id},
       {"remote", request.remote_address}});
}

}  // namespace vat::operation

// /healthz, /readyz and /metrics, and the log of requests.
#pragma once

#include "http/router.h"
#include "http/server.h"
#include "http/task.h"
#include "operation/metrics.h"
#include "operation/readiness.h"

namespace vat::operation {

/// Everything must outlive the router.
struct OperationServices {
  Readiness& readiness;
  /// Null: no /metrics.
  const Metrics* metrics = nullptr;
  const MetricSources& sources;
  http::BlockingPool& pool;
};

void add_operation_routes(http::Router& router, const OperationServices& services);

/// Middleware that logs the detail of a handler's error when the response is 5xx, except for bugs
/// (kInternal), which are logged where their response is written.
[[nodiscard]] http::Middleware error_log();

/// One line at kInfo: method, route, path without its query, status, duration, bytes, request id, address.
void write_access_log(const http::AccessRecord& record);

}  // namespace vat::operation

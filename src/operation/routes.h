// /healthz, /readyz and /metrics, and what is written about each request.
#pragma once

#include "http/router.h"
#include "http/server.h"
#include "http/task.h"
#include "operation/metrics.h"
#include "operation/readiness.h"

namespace vat::operation {

/// Everything outlives the router.
struct OperationServices {
  Readiness& readiness;
  /// Null: no /metrics.
  const Metrics* metrics = nullptr;
  const MetricSources& sources;
  http::BlockingPool& pool;
};

void add_operation_routes(http::Router& router, const OperationServices& services);

/// "/" for a person who opens the address in a browser: what this is, and the way to its pages.
void add_front_page(http::Router& router);

/// Middleware that logs what a handler's error says for the log alone when it is answered 5xx; but for
/// defects (kInternal), which whoever writes their answer logs, because it hides them.
[[nodiscard]] http::Middleware error_log();

/// One line at kInfo: method, route, path without its query, status, duration, bytes, request id, address.
void write_access_log(const http::AccessRecord& record);

}  // namespace vat::operation

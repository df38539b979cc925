// Maps the settings of the service to the options of its parts.
#pragma once

#include <string>

#include "api/services.h"
#include "http/server.h"
#include "serve_settings.h"
#include "worker/worker.h"

namespace vat::app {

/// "localhost" if the system does not know it.
[[nodiscard]] std::string host_name();

[[nodiscard]] http::ServerOptions http_options(const ServeSettings& settings);
[[nodiscard]] api::Limits limits_of(const ServeSettings& settings);
[[nodiscard]] api::RateLimits rates_of(const ServeSettings& settings);
[[nodiscard]] api::ModelManagement model_management(const ServeSettings& settings);
[[nodiscard]] links::FetchLimits fetch_limits(const ServeSettings& settings);
[[nodiscard]] worker::WorkerOptions worker_options(const ServeSettings& settings);

}  // namespace vat::app

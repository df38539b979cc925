// The waveform of a recording as a response. Private to api.
#pragma once

#include <string>

#include "api/services.h"
#include "base/result.h"
#include "domain/job.h"
#include "http/message.h"

namespace vat::api {

/// In the resolution that the query asks for, with its ranges and conditions; a non-empty `cache_control`
/// replaces the usual one. kNotFound, with the reason, when the job has none. Blocks.
[[nodiscard]] Result<http::Response> send_waveform(const Services& services, const http::Request& request,
                                                   const Job& job, const std::string& cache_control = {});

}  // namespace vat::api

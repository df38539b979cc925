// Responses to requests that created jobs. Private to api.
#pragma once

#include "api/services.h"
#include "base/result.h"
#include "domain/job_store.h"
#include "http/message.h"

namespace vat::api {

/// 202 with {"items": [...]} and the Location of the first; Idempotency-Replayed for a replay. Blocks
/// shortly.
[[nodiscard]] http::Response created_list_response(const Services& services, const CreatedJobs& created);
/// The same with the one job as the body.
[[nodiscard]] http::Response created_job_response(const Services& services, const CreatedJobs& created);

}  // namespace vat::api

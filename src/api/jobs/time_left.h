// A job's progress and remaining time. Private to api.
#pragma once

#include <optional>

#include "api/services.h"
#include "base/result.h"
#include "domain/job.h"

namespace vat::api {

/// In percent, [0, 100]: as domain/stage_weights.h counts. A completed job is at 100, any other one below.
[[nodiscard]] double overall_percent(const Job& job, const JobProgress& progress);
/// Of those that the job does.
[[nodiscard]] Stage last_stage(const Job& job);

/// Seconds until a running job is done, by its own pace; empty while unknown. Does not block.
[[nodiscard]] std::optional<double> running_eta(const Job& job, const JobProgress& progress, UtcTime now);
/// Seconds until a job is done that is waiting or has no pace yet, including the jobs before it: by the
/// measured speed. Empty if there is none. Blocks on the database.
[[nodiscard]] Result<std::optional<double>> waiting_eta(const Services& services, const Job& job,
                                                        UtcTime now);

}  // namespace vat::api

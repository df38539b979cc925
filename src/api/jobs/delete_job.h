// The end of a job: its rows and its files. Private to api.
#pragma once

#include <string>

#include "api/services.h"
#include "base/result.h"

namespace vat::api {

/// A running job is cancelled first. What cannot be removed from the object store is left to the log: the
/// rows are gone, and so is the job for its user. Blocks.
[[nodiscard]] Result<> delete_job(const Services& services, const std::string& user_id,
                                  const std::string& job_id);

}  // namespace vat::api

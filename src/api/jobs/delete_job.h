// Deletes a job: its rows and its files. Private to api.
#pragma once

#include <string>

#include "api/services.h"
#include "base/result.h"

namespace vat::api {

/// A running job is cancelled first. Objects that cannot be removed are only logged: the rows are deleted,
/// and so is the job for its user. Blocks.
[[nodiscard]] Result<> delete_job(const Services& services, const std::string& user_id,
                                  const std::string& job_id);

}  // namespace vat::api

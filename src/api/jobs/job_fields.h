// A request's description of its jobs: members of JSON, or fields of a form. Private to api.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/common/json_fields.h"
#include "api/jobs/job_request.h"
#include "api/services.h"
#include "api/uploads/form.h"
#include "base/result.h"
#include "pipeline/options.h"

namespace vat::api {

inline constexpr std::int64_t kMinPriority = -10;
inline constexpr std::int64_t kMaxPriority = 10;

/// The member title, trimmed; empty if it is missing or blank.
[[nodiscard]] Result<std::optional<std::string>> read_title(JsonFields& fields);
/// The members title, priority and webhook_url, into `wanted`.
[[nodiscard]] Result<> read_own_members(const Services& services, JsonFields& fields, JobRequest& wanted);
/// The same, and the member "options" over the operator's defaults.
[[nodiscard]] Result<JobRequest> job_request_from_json(const Services& services, JsonFields& fields);

/// kInvalidArgument, with the closest name, for a name that is not a field of the job form.
[[nodiscard]] Result<> check_job_field(const std::string& name);
/// From the fields of a form, in any order: the options one by one, or all as JSON in "options", which the
/// others override. kInvalidArgument for a duplicate field.
[[nodiscard]] Result<JobRequest> job_request_from_form(const Services& services, const FormFields& fields);

/// Options as JSON over `before`; empty text changes nothing. Errors are about "options.NAME".
[[nodiscard]] Result<pipeline::JobOptions> read_options(std::string_view json,
                                                        const pipeline::JobOptions& before);

/// Everything that the request says, for the hash of an Idempotency-Key.
[[nodiscard]] std::string asked_text(const JobRequest& wanted);

}  // namespace vat::api

// What every route that makes jobs does: the Idempotency-Key, the bound of waiting jobs. Private to
// api.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/common/json_fields.h"
#include "api/services.h"
#include "base/result.h"
#include "domain/job_store.h"
#include "domain/user.h"
#include "http/message.h"

namespace vat::api {

inline constexpr std::int64_t kMinPriority = -10;
inline constexpr std::int64_t kMaxPriority = 10;
inline constexpr std::size_t kMaxTitleBytes = 255U * 4;

/// The Idempotency-Key of the request, if it has one; `asked` is all that the request asks for, so that the
/// same key with anything else is told apart. kInvalidArgument for a key that is empty, longer than 255 bytes
/// or holds anything but visible ASCII.
[[nodiscard]] Result<std::optional<IdempotencyKey>> idempotency_key(const http::Request& request,
                                                                    std::string_view asked);

/// Blocks. Makes the jobs, or gives those that the same request made before. kLimit (429) when the user has
/// too many waiting.
[[nodiscard]] Result<CreatedJobs> create_jobs(const Services& services, const std::vector<NewJob>& jobs,
                                              const std::optional<IdempotencyKey>& idempotency);

/// The members title, priority and webhook_url of a request, into `job`.
[[nodiscard]] Result<> read_job_fields(const Services& services, JsonFields& fields, NewJob& job);

/// The error about an option, as one about a member of "options".
[[nodiscard]] Error in_options(Error error);

}  // namespace vat::api

// The Idempotency-Key of a request. Private to api.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "domain/job_store.h"
#include "http/message.h"

namespace vat::api {

/// The Idempotency-Key of the request, if it has one; `asked` is everything that the request asks for, to
/// detect the same key with another request. kInvalidArgument for a key that is empty, longer than 255 bytes
/// or contains anything but visible ASCII.
[[nodiscard]] Result<std::optional<IdempotencyKey>> idempotency_key(const http::Request& request,
                                                                    std::string_view asked);

}  // namespace vat::api

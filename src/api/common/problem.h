// Errors as clients see them: problem details (RFC 9457). Private to api.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace vat::api {

/// What the error is over HTTP: traits(code).http_status, but 429 for a kLimit that passes (retryable), and
/// 500 or 507 for failures of this machine (vat::system_error), which are no fault of the client.
[[nodiscard]] int http_status(const Error& error);

/// The sentence for the client. That of a defect or of this machine's failure is a general one, because the
/// real one may hold paths; it is logged here, under the request's id.
[[nodiscard]] std::string public_message(const http::Request& request, const Error& error);

/// An ErrorWriter (http/router.h): application/problem+json with `type`, `title`, `status`, `detail`, `code`,
/// `request_id`, and `field` when one is at fault. Retry-After where trying again makes sense, and
/// WWW-Authenticate with 401. `status` 0: http_status(error). Statuses that HTTP itself has a word for use
/// their own codes: "unsupported_media_type" for 415.
[[nodiscard]] http::Response problem_response(const http::Request& request, const Error& error,
                                              int status = 0);
/// For the statuses that no ErrorCode has: 406, 412, 415, 421, 428. Below /v1 in OpenAI's shape.
[[nodiscard]] http::Response problem_response(const http::Request& request, int status, std::string message,
                                              std::string field = {});

/// "Precondition Failed" (RFC 9110, section 15).
[[nodiscard]] std::string_view status_title(int status);
/// Seconds to wait before trying again; 0 when that makes no sense.
[[nodiscard]] int retry_after_seconds(const Error& error, int status);

}  // namespace vat::api

// Errors for clients: problem details (RFC 9457). Private to api.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace vat::api {

/// The HTTP status of an error: traits(code).http_status, but 429 for a temporary kLimit (retryable), and 500
/// or 507 for failures of this machine (vat::system_error), which are not the client's fault.
[[nodiscard]] int http_status(const Error& error);

/// The message for the client. For a bug or a failure of this machine it is a general one, because the real
/// one may contain paths; that is logged here, with the request's id.
[[nodiscard]] std::string public_message(const http::Request& request, const Error& error);

/// An ErrorWriter (http/router.h): application/problem+json with `type`, `title`, `status`, `detail`, `code`,
/// `request_id`, and `field` if one is invalid. Retry-After if a retry makes sense, and WWW-Authenticate with
/// 401. `status` 0: http_status(error). Statuses without an ErrorCode have their own codes:
/// "unsupported_media_type" for 415.
[[nodiscard]] http::Response problem_response(const http::Request& request, const Error& error,
                                              int status = 0);
/// For the statuses that no ErrorCode has: 406, 412, 415, 421, 428. Under /v1 in OpenAI's format.
[[nodiscard]] http::Response problem_response(const http::Request& request, int status, std::string message,
                                              std::string field = {});

/// "Precondition Failed" (RFC 9110, section 15).
[[nodiscard]] std::string_view status_title(int status);
/// Seconds to wait before a retry; 0 if a retry makes no sense.
[[nodiscard]] int retry_after_seconds(const Error& error, int status);

}  // namespace vat::api

// Errors for clients: problem details (RFC 9457). Private to api.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace vat::api {

/// The message for the client. For a bug or a failure of this machine it is a general one, because the real
/// one may contain paths; that is logged here, with the request's id.
[[nodiscard]] std::string public_message(const http::Request& request, const Error& error);

/// An ErrorWriter (http/router.h): application/problem+json with `type`, `title`, `status`, `detail`, `code`,
/// `request_id`, and `field` if one is invalid; with the headers of set_error_fields().
[[nodiscard]] http::Response problem_response(const http::Request& request, const Error& error);

/// Cache-Control: no-store, unless the handler set that field.
void forbid_storing(http::Response& response);
/// The same, Retry-After if a retry makes sense, and WWW-Authenticate with 401.
void set_error_fields(http::Response& response, const Error& error);

}  // namespace vat::api

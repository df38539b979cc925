// Authentication, and checks of a request's origin. Private to api.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/services.h"
#include "base/result.h"
#include "domain/user.h"
#include "http/router.h"
#include "http/task.h"

namespace vat::api {

/// Who sends the request: the owner of the key ("vat_...") or the access token in
/// `Authorization: Bearer`, else that of the session
/// whose cookie it carries, else, in local mode, the local user. kUnauthorized (401) for a key or a session
/// that is missing, not valid or expired; 403 for a request that changes something with a cookie but without
/// kCsrfField.
[[nodiscard]] http::Task<Result<Caller>> identify(const Services& services, const http::Request& request);

/// What a page must send with the cookie: GET /api/v1/me tells it (and no other site can read that).
inline constexpr const char* kCsrfField = "X-CSRF-Token";
[[nodiscard]] Error wrong_csrf_token();

// For local mode: a web page anywhere can make the visitor's browser send requests to localhost.
/// The router's gate: only requests whose Host is this machine are answered, whatever their path (421
/// otherwise: DNS rebinding).
[[nodiscard]] std::function<Result<>(const http::Request&)> host_guard(const Services& services);
/// Middleware: no request that changes something comes from a page of another origin (403), unless the
/// operator allows that origin.
[[nodiscard]] http::Middleware same_site_guard(const Services& services);

/// "localhost:8000" -> "localhost", "[::1]:8000" -> "[::1]"; lower case.
[[nodiscard]] std::string host_name(std::string_view authority);

}  // namespace vat::api

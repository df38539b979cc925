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

/// The user of `Authorization: Bearer vat_...`; without that field, the local user: until there is sign-in
/// the server listens on loopback only. kUnauthorized (401) for an invalid or expired key.
[[nodiscard]] http::Task<Result<Caller>> identify(const Services& services, const http::Request& request);

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

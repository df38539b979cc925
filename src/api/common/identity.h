// Authentication, and checks of a request's origin. Private to api.
#pragma once

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
[[nodiscard]] http::Task<Result<User>> identify(const Services& services, const http::Request& request);

/// Middleware for local mode. A web page anywhere can make the visitor's browser send requests to
/// localhost, so the server answers only requests whose Host is this machine (421 otherwise: DNS rebinding),
/// and none that changes something from a page of another origin (403).
[[nodiscard]] http::Middleware same_site_guard(const Services& services);

/// "localhost:8000" -> "localhost", "[::1]:8000" -> "[::1]"; lower case.
[[nodiscard]] std::string host_name(std::string_view authority);

}  // namespace vat::api

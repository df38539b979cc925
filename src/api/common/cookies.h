// Cookies of this site (RFC 6265). Private to api.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace vat::api {

/// The value of the first cookie of this name; empty when there is none. Valid as long as the request.
[[nodiscard]] std::string_view find_cookie(const http::Request& request, std::string_view name);
/// The names of the request's cookies that begin with `prefix`.
[[nodiscard]] std::vector<std::string> cookie_names(const http::Request& request, std::string_view prefix);

/// A Set-Cookie field: for the whole site, hidden from scripts, not sent from other sites except when a
/// person follows a link. A lifetime of zero removes it. `value` consists of letters, digits, "-_.".
[[nodiscard]] std::string set_cookie(std::string_view name, std::string_view value,
                                     std::chrono::seconds lifetime, bool secure);

}  // namespace vat::api

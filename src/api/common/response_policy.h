// What every response tells browsers: where it may be shown, what it may load, and which other sites may
// read it. Private to api.
#pragma once

#include "api/services.h"
#include "http/message.h"

namespace vat::api {

/// Whether the request comes from a page of an origin that the operator allows (CORS, Fetch standard), and
/// shows no cookie: such pages use keys, never a visitor's session.
[[nodiscard]] bool is_from_allowed_origin(const Services& services, const http::Request& request);

/// The router's finisher: sets the policy fields that the handler left out, and those of CORS.
void finish_response(const Services& services, const http::Request& request, http::Response& response);

}  // namespace vat::api

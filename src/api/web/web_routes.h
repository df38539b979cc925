// The web application: one page for every address, and the files that it loads. Private to api.
#pragma once

#include "base/error.h"
#include "http/message.h"

namespace vat::api {

/// The application. No browser and no proxy keeps a page whose address is a secret.
[[nodiscard]] http::Response page_response(const http::Request& request);

/// An ErrorWriter (http/router.h): a browser that asks for a page that does not exist gets the application,
/// which says so, with status 404. Everything else gets problem_response().
[[nodiscard]] http::Response web_error_response(const http::Request& request, const Error& error);

}  // namespace vat::api

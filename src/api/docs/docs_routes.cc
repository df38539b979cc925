#include <string>

#include "api/routes.h"
#include "embedded/documents.h"
#include "http/content.h"

namespace vat::api {
namespace {

/// Everything from this server. Swagger UI and Redoc write styles into their elements, Swagger UI's icons are
/// data URLs, and Redoc searches in a worker that it makes from a blob.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

/// The pages and their parts have no version in their names, so a browser revalidates each time and usually
/// gets 304.
constexpr const char* kCacheControl = "no-cache";

http::Handler embedded_file(const http::EmbeddedFile& file) {
  return [&file](http::Request& request) -> http::Task<Result<http::Response>> {
    http::Response response = http::embedded_response(request, file, kCacheControl);
    response.set("X-Content-Type-Options", "nosniff");
    if (file.content_type.starts_with("text/html")) {
      response.set("Content-Security-Policy", kPolicy).set("Referrer-Policy", "no-referrer");
    }
    co_return response;
  };
}

}  // namespace

void add_docs_routes(http::Router& router) {
  for (const http::EmbeddedFile& file : embedded::documents())
    router.add(http::Method::kGet, "/" + std::string(file.path), embedded_file(file));
}

}  // namespace vat::api

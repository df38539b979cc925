#include "api/web/web_routes.h"

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/common/problem.h"
#include "api/routes.h"
#include "embedded/web.h"
#include "http/content.h"

namespace vat::api {
namespace {

/// Everything from this server and from files of its own: no inline script or style. Media and pictures that
/// a page made itself, such as a recording from the microphone, are blobs.
constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";
/// The service worker fetches pages and their files for the browser, and nothing else.
constexpr const char* kWorkerPolicy = "default-src 'none'; connect-src 'self'";
constexpr std::string_view kWorker = "worker.js";

/// Names under assets/ contain a digest of their content.
constexpr const char* kForEver = "public, max-age=31536000, immutable";
constexpr const char* kRevalidated = "no-cache";
constexpr const char* kNotKept = "no-store";
/// Behind it stands the secret of a share link.
constexpr std::string_view kSecretPages = "/s/";

/// One page, whose script shows what the address names.
constexpr std::array<std::string_view, 6> kPages = {"/",      "/dashboard", "/jobs/{id}",
                                                    "/speak", "/settings",  "/admin"};

const http::EmbeddedFile& page_file() {
  static const http::EmbeddedFile& page = [&]() -> const http::EmbeddedFile& {
    for (const http::EmbeddedFile& file : embedded::web())
      if (file.path == "index.html") return file;
    std::abort();  // The build makes it.
  }();
  return page;
}

bool wants_page(const http::Request& request) {
  const bool reads = request.method == http::Method::kGet || request.method == http::Method::kHead;
  return reads && !request.path.starts_with("/api/") && !request.path.starts_with("/v1/") &&
         request.header("Accept").find("text/html") != std::string_view::npos;
}

}  // namespace

http::Response page_response(const http::Request& request) {
  const bool secret = request.path.starts_with(kSecretPages);
  http::Response response = http::embedded_response(request, page_file(), secret ? kNotKept : kRevalidated);
  response.set("Content-Security-Policy", kPagePolicy)
      .set("Referrer-Policy", "no-referrer")
      .set("Cross-Origin-Opener-Policy", "same-origin")
      .set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
      .set("X-Content-Type-Options", "nosniff");
  return response;
}

void add_web_routes(http::Router& router) {
  for (const std::string_view page : kPages)
    router.add(http::Method::kGet, page, [](http::Request& request) -> http::Task<Result<http::Response>> {
      co_return page_response(request);
    });
  for (const http::EmbeddedFile& file : embedded::web()) {
    if (file.path == "index.html") continue;
    router.add(http::Method::kGet, "/" + std::string(file.path),
               [&file](http::Request& request) -> http::Task<Result<http::Response>> {
                 const bool named_by_content = file.path.starts_with("assets/");
                 http::Response response =
                     http::embedded_response(request, file, named_by_content ? kForEver : kRevalidated);
                 response.set("X-Content-Type-Options", "nosniff");
                 if (file.path == kWorker) response.set("Content-Security-Policy", kWorkerPolicy);
                 co_return response;
               });
  }
  // What a phone shares is taken by the service worker. Without it the library says so, and starts it.
  router.add(http::Method::kPost, "/share", [](http::Request&) -> http::Task<Result<http::Response>> {
    http::Response response = http::empty_response(303);
    response.set("Location", "/dashboard?shared=lost");
    co_return response;
  });
}

http::Response web_error_response(const http::Request& request, const Error& error) {
  if (http_status(error) != 404 || !wants_page(request)) return problem_response(request, error);
  http::Response response = page_response(request);
  if (response.status == 200) response.status = 404;
  return response;
}

}  // namespace vat::api

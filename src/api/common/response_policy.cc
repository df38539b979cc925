#include "api/common/response_policy.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace vat::api {
namespace {

struct PolicyField {
  std::string_view name;
  std::string_view value;
};

/// For everything that is no page: a browser that is made to show it runs and loads nothing, in no frame.
/// Pages bring their own Content-Security-Policy.
constexpr std::array kFields = {
    PolicyField{"Content-Security-Policy",
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"},
    PolicyField{"X-Content-Type-Options", "nosniff"},
    PolicyField{"Referrer-Policy", "no-referrer"},
    PolicyField{"Cross-Origin-Opener-Policy", "same-origin"},
    PolicyField{"Cross-Origin-Resource-Policy", "same-origin"},
    PolicyField{"Permissions-Policy",
                "camera=(), geolocation=(), microphone=(self), payment=(), usb=(), browsing-topics=()"}};

constexpr const char* kOneYear = "max-age=31536000";

constexpr const char* kReadableFields =
    "Content-Disposition, Content-Range, ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, "
    "Retry-After, Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, "
    "Upload-Expires, Upload-Job-Id, Upload-Length, Upload-Metadata, Upload-Offset, X-Request-Id";
constexpr const char* kSendableFields =
    "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Range, "
    "Tus-Resumable, Upload-Checksum, Upload-Concat, Upload-Defer-Length, Upload-Length, Upload-Metadata, "
    "Upload-Offset, X-HTTP-Method-Override, X-Request-Id";

bool is_api(const http::Request& request) {
  return request.path.starts_with("/api/") || request.path.starts_with("/v1/");
}

bool is_allowed_origin(const Services& services, std::string_view origin) {
  const auto& allowed = services.cors_origins;
  return !origin.empty() && std::find(allowed.begin(), allowed.end(), origin) != allowed.end();
}

void add_cors_fields(const Services& services, const http::Request& request, http::Response& response) {
  if (services.cors_origins.empty() || !is_api(request)) return;
  // A cache must not give one origin the response to another.
  response.set("Vary", "Origin");
  const std::string_view origin = request.header("Origin");
  if (!is_allowed_origin(services, origin)) return;
  response.set("Access-Control-Allow-Origin", std::string(origin))
      .set("Access-Control-Expose-Headers", kReadableFields);
  if (request.method != http::Method::kOptions || request.header("Access-Control-Request-Method").empty())
    return;
  response.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
      .set("Access-Control-Allow-Headers", kSendableFields)
      .set("Access-Control-Max-Age", "600");
}

}  // namespace

bool is_from_allowed_origin(const Services& services, const http::Request& request) {
  return is_allowed_origin(services, request.header("Origin")) && request.header("Cookie").empty();
}

void finish_response(const Services& services, const http::Request& request, http::Response& response) {
  for (const PolicyField& field : kFields) {
    if (find_header(response.headers, field.name).empty())
      response.set(std::string(field.name), std::string(field.value));
  }
  if (services.strict_transport && request.secure) response.set("Strict-Transport-Security", kOneYear);
  add_cors_fields(services, request, response);
}

}  // namespace vat::api

#include "api/common/problem.h"

#include <utility>

#include "base/json_writer.h"
#include "base/log.h"
#include "http/status.h"

namespace vat::api {
namespace {

constexpr int kRetrySeconds = 5;
constexpr int kTooManyRequests = 429;

/// "Precondition Failed" (RFC 9110, section 15).
std::string_view status_title(int status) {
  const std::string_view title = http::reason_phrase(status);
  return title.empty() ? "Error" : title;
}

}  // namespace

void forbid_storing(http::Response& response) {
  if (find_header(response.headers, "Cache-Control").empty()) response.set("Cache-Control", "no-store");
}

void set_error_fields(http::Response& response, const Error& error) {
  const int status = http_status(error);
  if (status == kTooManyRequests || (status == 503 && error.retryable))
    response.set("Retry-After",
                 std::to_string(error.retry_seconds > 0 ? error.retry_seconds : kRetrySeconds));
  if (status == 401) response.set("WWW-Authenticate", "Bearer realm=\"vat\"");
  forbid_storing(response);
}

std::string public_message(const http::Request& request, const Error& error) {
  if (error.code != ErrorCode::kInternal && error.code != ErrorCode::kBrokenPipe &&
      error.origin != ErrorOrigin::kSystem)
    return error.message;
  log(LogLevel::kError, "A request failed.",
      {{"code", traits(error.code).name},
       {"reason", error.message},
       {"detail", error.detail},
       {"route", request.route},
       {"request_id", request.id}});
  if (error.code == ErrorCode::kDiskFull) return "The disk of the service is full; tell its operator.";
  return "An internal error occurred; the service's log has the reason under request " + request.id + ".";
}

http::Response problem_response(const http::Request& request, const Error& error) {
  const int status = http_status(error);
  // A file missing on this machine, for example, is not the client's "not found".
  const bool hidden = status == traits(ErrorCode::kInternal).http_status;
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("type").string("about:blank");
  json.key("title").string(status_title(status));
  json.key("status").integer(status);
  json.key("code").string(traits(hidden ? ErrorCode::kInternal : error.code).name);
  json.key("detail").string(public_message(request, error));
  if (!error.field.empty()) json.key("field").string(error.field);
  if (!request.id.empty()) json.key("request_id").string(request.id);
  json.end_object();
  http::Response response = http::text_response(status, "application/problem+json", std::move(body));
  set_error_fields(response, error);
  return response;
}

}  // namespace vat::api

#include "api/common/problem.h"

#include <utility>

#include "api/openai/openai_answers.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "http/status.h"

namespace vat::api {
namespace {

constexpr int kRetrySeconds = 5;
constexpr int kTooManyRequests = 429;

/// An error of vat::system_error(), which names files of this machine.
bool is_system_error(const Error& error) { return error.detail.starts_with("errno "); }

/// The code of a status that no ErrorCode has.
ErrorCode code_of_status(int status) {
  switch (status) {
    case 403:
      return ErrorCode::kPermission;
    case 409:
    case 412:
      return ErrorCode::kExists;
    case 413:
    case kTooManyRequests:
      return ErrorCode::kLimit;
    case 404:
    case 410:
      return ErrorCode::kNotFound;
    default:
      return ErrorCode::kInvalidArgument;
  }
}

}  // namespace

std::string_view status_title(int status) {
  const std::string_view title = http::reason_phrase(status);
  return title.empty() ? "Error" : title;
}

int http_status(const Error& error) {
  if (error.code == ErrorCode::kDiskFull) return traits(error.code).http_status;
  if (is_system_error(error)) return traits(ErrorCode::kInternal).http_status;
  if (error.code == ErrorCode::kLimit && error.retryable) return kTooManyRequests;
  return traits(error.code).http_status;
}

int retry_after_seconds(const Error& error, int status) {
  const bool passes = status == kTooManyRequests || status == 503;
  return passes && (error.retryable || status == kTooManyRequests) ? kRetrySeconds : 0;
}

std::string public_message(const http::Request& request, const Error& error) {
  const bool machine = is_system_error(error);
  if (error.code != ErrorCode::kInternal && error.code != ErrorCode::kBrokenPipe && !machine)
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

http::Response problem_response(const http::Request& request, const Error& error, int status) {
  if (status == 0) status = http_status(error);
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
  response.set("Cache-Control", "no-store").set("X-Content-Type-Options", "nosniff");
  if (const int seconds = retry_after_seconds(error, status); seconds > 0)
    response.set("Retry-After", std::to_string(seconds));
  if (status == 401) response.set("WWW-Authenticate", "Bearer realm=\"vat\"");
  return response;
}

http::Response problem_response(const http::Request& request, int status, std::string message,
                                std::string field) {
  const Error error{code_of_status(status), std::move(message), {}, false, std::move(field)};
  // Middleware and body readers do not know which API the client uses.
  if (request.path.starts_with("/v1/")) return openai_error(request, error, status);
  return problem_response(request, error, status);
}

}  // namespace vat::api

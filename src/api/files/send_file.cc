#include "api/files/send_file.h"

#include <utility>

#include "api/common/problem.h"
#include "api/common/query.h"
#include "base/log.h"

namespace vat::api {
namespace {

using http::Request;
using http::Response;

/// For what no browser plays: nothing in it may run or load anything.
constexpr const char* kSandbox = "sandbox; default-src 'none'; frame-ancestors 'none'";
/// A recording is untrusted, and its type, which is never the sender's, makes a browser play it or nothing.
/// The page around it is the browser's own: it loads the same URL again and has styles. In a sandbox it would
/// be of another origin, from which neither `media-src` nor Cross-Origin-Resource-Policy lets it load.
constexpr const char* kPlayer =
    "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

bool is_playable(std::string_view content_type) {
  return content_type.starts_with("audio/") || content_type.starts_with("video/");
}

/// http::file_response() returns no message for a failed range or condition.
Response explained(const Request& request, const Response& bare) {
  const bool range = bare.status == 416;
  Response problem = problem_response(
      request,
      range ? http_refusal(bare.status, "The range is outside the file.", "Range")
            : http_refusal(bare.status, "The file does not match the request's conditions.", "If-Match"));
  for (const std::string_view name : {"Content-Range", "ETag", "Accept-Ranges"}) {
    if (const std::string_view value = find_header(bare.headers, name); !value.empty())
      problem.set(std::string(name), std::string(value));
  }
  return problem;
}

}  // namespace

Result<Response> send_object(const Services& services, const Request& request, const std::string& key,
                             const std::string& version, http::FileContent content) {
  Result<LocalObject> object = services.objects.get(key);
  if (!object && object.error().code == ErrorCode::kNotFound) {
    log(LogLevel::kError, "A file that the database names is missing in the store.",
        {{"key", key}, {"request_id", request.id}});
    return fail(Error(ErrorCode::kNotFound, "The file is no longer on the server.").with_status(410));
  }
  if (!object) return fail(std::move(object).error());
  content.path = object->path;
  content.etag = "\"" + version + "\"";
  content.hold = object->hold;
  return send_content(request, content);
}

Result<Response> send_content(const Request& request, const http::FileContent& content) {
  VAT_ASSIGN(Response response, http::file_response(request, content));
  if (response.status >= 400) return explained(request, response);
  response.set("Content-Security-Policy", is_playable(content.content_type) ? kPlayer : kSandbox)
      .set("X-Content-Type-Options", "nosniff");
  return response;
}

Result<std::string> disposition(const Request& request, std::string_view content_type,
                                const std::string& name) {
  bool inline_content = is_playable(content_type) || content_type.starts_with("image/");
  if (request.query_value("download")) {
    VAT_ASSIGN(const bool download, query_flag(request, "download"));
    inline_content = !download;
  }
  return http::content_disposition(inline_content ? "inline" : "attachment", name);
}

}  // namespace vat::api

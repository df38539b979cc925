#include <algorithm>
#include <array>
#include <utility>

#include "api/common/handler.h"
#include "api/common/problem.h"
#include "api/common/query.h"
#include "api/jobs/job_json.h"
#include "api/routes.h"
#include "base/log.h"
#include "http/content.h"

namespace vat::api {
namespace {

using http::Method;
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

Answer list_files(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<std::vector<Artifact>> {
    VAT_TRY(services.jobs.get(user.id, request.parameter("id")));
    return services.jobs.artifacts(user.id, request.parameter("id"));
  };
  VAT_CO_ASSIGN(const std::vector<Artifact> files, co_await services.pool.run(work));
  co_return list_response(files, write_file);
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

/// The object by its key, under a name. `version` is its entity tag.
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
  VAT_ASSIGN(Response response, http::file_response(request, content));
  if (response.status >= 400) return explained(request, response);
  response.set("Content-Security-Policy", is_playable(content.content_type) ? kPlayer : kSandbox)
      .set("X-Content-Type-Options", "nosniff");
  return response;
}

/// Media are shown inline and everything else is downloaded, unless the client chooses. Everything is safe to
/// show, under its policy.
Result<std::string> disposition(const Request& request, std::string_view content_type,
                                const std::string& name) {
  bool inline_content = is_playable(content_type);
  if (request.query_value("download")) {
    VAT_ASSIGN(const bool download, query_flag(request, "download"));
    inline_content = !download;
  }
  return http::content_disposition(inline_content ? "inline" : "attachment", name);
}

Answer get_file(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const Artifact file,
               services.jobs.artifact(user.id, request.parameter("id"), request.parameter("name")));
    VAT_ASSIGN(std::string shown, disposition(request, file.content_type, file.name));
    return send_object(services, request, file.object_key, file.sha256,
                       {.content_type = file.content_type, .disposition = std::move(shown)});
  };
  co_return co_await services.pool.run(work);
}

struct ContainerType {
  std::string_view container;  ///< One of libav's names.
  std::string_view audio;
  std::string_view video;
};

// From the probe's result, never from the sender's type: text/html is not a recording.
constexpr std::array<ContainerType, 14> kContainerTypes = {{
    {"mp4", "audio/mp4", "video/mp4"},
    {"webm", "audio/webm", "video/webm"},
    {"matroska", "audio/x-matroska", "video/x-matroska"},
    {"ogg", "audio/ogg", "video/ogg"},
    {"mp3", "audio/mpeg", "audio/mpeg"},
    {"wav", "audio/wav", "audio/wav"},
    {"flac", "audio/flac", "audio/flac"},
    {"aac", "audio/aac", "audio/aac"},
    {"avi", "video/x-msvideo", "video/x-msvideo"},
    {"mpegts", "video/mp2t", "video/mp2t"},
    {"mpeg", "video/mpeg", "video/mpeg"},
    {"flv", "video/x-flv", "video/x-flv"},
    {"asf", "audio/x-ms-wma", "video/x-ms-wmv"},
    {"amr", "audio/amr", "audio/amr"},
}};

bool has_name(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    if (names.substr(0, comma) == name) return true;
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return false;
}

std::string_view media_content_type(const Upload& upload) {
  // Matroska and WebM share libav's demuxer; browsers play both as WebM, which is listed first.
  for (const ContainerType& type : kContainerTypes) {
    if (has_name(upload.media.container, type.container))
      return upload.media.has_video ? type.video : type.audio;
  }
  return "application/octet-stream";
}

Answer get_media(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const Job job, services.jobs.get(user.id, request.parameter("id")));
    if (job.upload_id.empty())
      return fail(ErrorCode::kNotFound, "This job was created from a text and has no recording.");
    VAT_ASSIGN(const Upload upload, services.uploads.get(user.id, job.upload_id));
    if (upload.state != UploadState::kComplete)
      return fail(ErrorCode::kNotFound, "The recording of this job has not been fetched from its link yet.");
    if (upload.object_key.empty())
      return fail(Error(ErrorCode::kNotFound, "The recording was removed, because it was kept long enough.")
                      .with_status(410));
    const std::string_view type = media_content_type(upload);
    VAT_ASSIGN(std::string shown, disposition(request, type, upload.filename));
    // An object of an upload never changes, and the same content has one object.
    const std::string version = upload.object_key.substr(upload.object_key.find('/') + 1);
    return send_object(services, request, upload.object_key, version,
                       {.content_type = std::string(type), .disposition = std::move(shown)});
  };
  co_return co_await services.pool.run(work);
}

}  // namespace

void add_file_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/files", route(services, list_files));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/files/{name}", route(services, get_file));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/media", route(services, get_media));
}

}  // namespace vat::api

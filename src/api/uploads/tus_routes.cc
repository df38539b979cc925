#include "api/uploads/tus_routes.h"

#include <utility>

#include "api/common/handler.h"
#include "api/common/problem.h"
#include "api/common/rate_limits.h"
#include "api/uploads/tus_chunk.h"
#include "api/uploads/tus_headers.h"
#include "api/uploads/tus_uploads.h"
#include "api/uploads/upload_json.h"
#include "base/utc_time.h"
#include "uploads/completion.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::string_view kChunkType = "application/offset+octet-stream";
constexpr int kConflict = 409;
constexpr int kWrongVersion = 412;
constexpr int kWrongType = 415;

/// One request, with what its handler needs.
struct Call {
  const Services& services;
  const User& user;
  Request& request;
  [[nodiscard]] const std::string& id() const { return request.parameter("id"); }
};
using TusHandler = Answer (*)(Call);

void set_expiry(Response& response, const Upload& upload) {
  if (upload.state == UploadState::kReceiving && upload.expires_at)
    response.set("Upload-Expires", to_http_date(*upload.expires_at));
}

void set_job(Response& response, const std::string& job_id) {
  if (!job_id.empty()) response.set("Upload-Job-Id", job_id);
}

Result<std::optional<std::uint64_t>> size_header(const Request& request, std::string_view name) {
  const std::string_view text = request.header(name);
  if (text.empty()) return std::nullopt;
  return parse_tus_size(name, text);
}

Result<std::optional<TusChecksum>> checksum_header(const Request& request) {
  const std::string_view text = request.header("Upload-Checksum");
  if (text.empty()) return std::nullopt;
  return parse_tus_checksum(text);
}

bool sends_chunk(const Request& request) { return request.header("Content-Type") == kChunkType; }

tl::unexpected<Error> wrong_type() {
  return tus_fail(kWrongType, "The bytes of an upload must have the type " + std::string(kChunkType) + ".",
                  "Content-Type");
}

Answer continue_upload(Call call) {
  const Request& request = call.request;
  if (!sends_chunk(request)) co_return wrong_type();
  VAT_CO_ASSIGN(const std::optional<std::uint64_t> offset, size_header(request, "Upload-Offset"));
  VAT_CO_ASSIGN(const std::optional<std::uint64_t> size, size_header(request, "Upload-Length"));
  TusChunk chunk;
  VAT_CO_ASSIGN(chunk.checksum, checksum_header(request));
  if (!offset) co_return tus_fail(400, "The field Upload-Offset is missing.", "Upload-Offset");
  chunk.offset = *offset;
  auto work = [&] { return open_for_writing(call.services, call.user.id, call.id(), size); };
  VAT_CO_ASSIGN(uploads::OpenUpload open, co_await call.services.pool.run(work));
  std::string job_id;
  if (open.file != nullptr) {
    VAT_CO_ASSIGN(job_id, co_await take_chunk(call.services, call.request, open, chunk));
  } else if (chunk.offset != open.upload.size || request.body->length().value_or(1) != 0) {
    co_return tus_fail(kConflict, "The upload is complete.", "Upload-Offset");
  }
  Response response = http::empty_response(204);
  response.set("Upload-Offset",
               std::to_string(open.upload.state == UploadState::kComplete ? open.upload.size.value_or(0)
                                                                          : open.file->size()));
  set_expiry(response, open.upload);
  set_job(response, job_id);
  co_return response;
}

Result<TusCreation> read_creation(const Request& request) {
  TusCreation creation;
  creation.metadata = request.header("Upload-Metadata");
  creation.concat_field = request.header("Upload-Concat");
  if (!creation.concat_field.empty()) {
    VAT_ASSIGN(creation.concat, parse_tus_concat(creation.concat_field, kUploadsPrefix));
  }
  VAT_ASSIGN(creation.size, size_header(request, "Upload-Length"));
  const std::string_view deferred = request.header("Upload-Defer-Length");
  const bool whole = creation.concat && !creation.concat->partial;
  if (!deferred.empty() && deferred != "1")
    return tus_fail(400, "Upload-Defer-Length must be 1 or absent.", "Upload-Defer-Length");
  if (whole && (creation.size || !deferred.empty()))
    return tus_fail(400, "A concatenated upload has the length of its parts; leave out Upload-Length.",
                    "Upload-Length");
  if (!whole && creation.size.has_value() == !deferred.empty())
    return tus_fail(400, "Say Upload-Length, or Upload-Defer-Length: 1.", "Upload-Length");
  return creation;
}

/// creation-with-upload: the bytes in the POST. If none of them can be kept, the client does not know the
/// upload, so it is removed.
http::Task<Result<std::string>> take_first_chunk(Call& call, uploads::OpenUpload& open) {
  VAT_CO_ASSIGN(std::optional<TusChecksum> checksum, checksum_header(call.request));
  auto work = [&] { return open_for_writing(call.services, call.user.id, open.upload.id, std::nullopt); };
  VAT_CO_ASSIGN(open, co_await call.services.pool.run(work));
  TusChunk chunk{.offset = 0, .checksum = std::move(checksum), .claim = {}};
  Result<std::string> taken = co_await take_chunk(call.services, call.request, open, chunk);
  if (taken || open.file == nullptr) co_return taken;
  auto undo = [&]() -> Result<> {
    open.file->remove();
    return uploads::remove_upload(call.services.intake, open.upload);
  };
  (void)co_await call.services.pool.run(undo);
  co_return taken;
}

Answer create_upload(Call call) {
  VAT_CO_TRY(admit(call.services, call.user, call.request, Act::kUpload));
  VAT_CO_ASSIGN(const TusCreation creation, read_creation(call.request));
  const bool with_bytes = sends_chunk(call.request);
  if (!with_bytes && call.request.body->length() != 0) co_return wrong_type();
  auto work = [&] { return create_resumable(call.services, call.user, creation); };
  uploads::OpenUpload open;
  VAT_CO_ASSIGN(open.upload, co_await call.services.slow_pool.run(work));
  std::string job_id;
  const bool whole = open.upload.state == UploadState::kComplete;
  if (whole) {
    auto make = [&] { return job_of_metadata(call.services, open.upload); };
    VAT_CO_ASSIGN(job_id, co_await call.services.pool.run(make));
  } else if (with_bytes || open.upload.size == 0) {
    VAT_CO_ASSIGN(job_id, co_await take_first_chunk(call, open));
  }
  Response response = http::empty_response(201);
  response.set("Location", upload_path(open.upload.id));
  if (with_bytes) {
    const bool complete = open.upload.state == UploadState::kComplete;
    response.set("Upload-Offset",
                 std::to_string(complete ? open.upload.size.value_or(0) : open.file->size()));
  }
  set_expiry(response, open.upload);
  set_job(response, job_id);
  co_return response;
}

/// The response to HEAD.
struct UploadStatus {
  Upload upload;
  std::uint64_t offset = 0;
  std::string job_id;
};

Result<UploadStatus> find_status(const Services& services, const std::string& user_id,
                                 const std::string& id) {
  UploadStatus status;
  VAT_ASSIGN(status.upload, uploads::find_settled(services.intake, user_id, id));
  status.offset = uploads::offset_of(services.intake, status.upload);
  if (status.upload.state == UploadState::kComplete) {
    VAT_ASSIGN(status.job_id, job_of_metadata(services, status.upload));
  } else if (status.upload.expires_at && *status.upload.expires_at <= utc_now()) {
    return tus_fail(410, "The upload was not finished in time; start it again.");
  } else if (uploads::is_whole(services.intake, status.upload)) {
    // A client that sees all bytes would take the upload for complete.
    return tus_fail(423, "The request with the last bytes is completing the upload; try again.");
  }
  return status;
}

Answer show_offset(Call call) {
  auto work = [&] { return find_status(call.services, call.user.id, call.id()); };
  // Usually one query; if a crash interrupted the completion, it is done now.
  VAT_CO_ASSIGN(const UploadStatus status, co_await call.services.slow_pool.run(work));
  const Upload& upload = status.upload;
  Response response = http::empty_response(200);
  response.set("Upload-Offset", std::to_string(status.offset)).set("Cache-Control", "no-store");
  if (upload.size)
    response.set("Upload-Length", std::to_string(*upload.size));
  else
    response.set("Upload-Defer-Length", "1");
  TusFields fields = fields_of(upload);
  if (!fields.metadata.empty()) response.set("Upload-Metadata", std::move(fields.metadata));
  if (upload.partial) fields.concat = "partial";
  if (!fields.concat.empty()) response.set("Upload-Concat", std::move(fields.concat));
  set_expiry(response, upload);
  set_job(response, status.job_id);
  co_return response;
}

Answer remove(Call call) {
  auto work = [&] { return uploads::terminate(call.services.intake, call.user.id, call.id()); };
  VAT_CO_TRY(co_await call.services.pool.run(work));
  co_return http::empty_response(204);
}

/// For clients behind proxies that support neither PATCH nor DELETE.
Answer dispatch(Call call) {
  const std::string_view method = call.request.header("X-HTTP-Method-Override");
  if (method == "PATCH") return continue_upload(std::move(call));
  if (method == "DELETE") return remove(std::move(call));
  if (method == "HEAD") return show_offset(std::move(call));
  return [](Call) -> Answer {
    co_return tus_fail(405, "Send bytes with PATCH, or with POST and X-HTTP-Method-Override: PATCH.",
                       "X-HTTP-Method-Override");
  }(std::move(call));
}

Answer answer(Call call, TusHandler handler) {
  Request& request = call.request;
  Result<Response> made = co_await handler(std::move(call));
  Response response = made ? std::move(*made) : problem_response(request, made.error());
  response.set("Tus-Resumable", std::string(kTusVersion));
  co_return response;
}

Response other_version(const Request& request) {
  Response response = problem_response(
      request, http_refusal(kWrongVersion, "This server supports tus 1.0.0; send that in Tus-Resumable.",
                            "Tus-Resumable"));
  response.set("Tus-Resumable", std::string(kTusVersion)).set("Tus-Version", std::string(kTusVersion));
  return response;
}

/// `optional`: for routes that clients without tus use as well.
http::Handler tus(const Services& services, TusHandler handler, bool optional = false) {
  http::Handler inner = signed_in(services, [&services, handler](const User& user, Request& request) {
    return answer(Call{services, user, request}, handler);
  });
  return [inner = std::move(inner), optional](Request& request) -> Answer {
    const std::string_view version = request.header("Tus-Resumable");
    if (version != kTusVersion && !(optional && version.empty())) co_return other_version(request);
    co_return co_await inner(request);
  };
}

http::Handler describe(const Services& services) {
  return [&services](Request&) -> Answer {
    Response response = http::empty_response(204);
    response.set("Tus-Resumable", std::string(kTusVersion))
        .set("Tus-Version", std::string(kTusVersion))
        .set("Tus-Extension", std::string(kTusExtensions))
        .set("Tus-Max-Size", std::to_string(services.limits.max_upload_bytes))
        .set("Tus-Checksum-Algorithm", std::string(kTusChecksums));
    co_return response;
  };
}

}  // namespace

void add_tus_routes(http::Router& router, const Services& services) {
  const http::RouteOptions bytes{.max_body_bytes = services.limits.max_upload_bytes};
  constexpr std::string_view kAll = "/api/v1/uploads";
  constexpr std::string_view kOne = "/api/v1/uploads/{id:uuid}";
  router.add(Method::kOptions, kAll, describe(services));
  router.add(Method::kOptions, kOne, describe(services));
  router.add(Method::kPost, kAll, tus(services, create_upload), bytes);
  router.add(Method::kPost, kOne, tus(services, dispatch), bytes);
  router.add(Method::kHead, kOne, tus(services, show_offset, true));
  router.add(Method::kPatch, kOne, tus(services, continue_upload), bytes);
  router.add(Method::kDelete, kOne, tus(services, remove, true));
}

}  // namespace vat::api

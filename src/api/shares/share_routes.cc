// Links to transcripts: what their owners do with them, and what whoever has one sees.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/common/audit.h"
#include "api/common/handler.h"
#include "api/common/rate_limits.h"
#include "api/files/pictures.h"
#include "api/files/recording.h"
#include "api/files/waveform.h"
#include "api/jobs/job_json.h"
#include "api/routes.h"
#include "api/transcripts/read_transcript.h"
#include "api/transcripts/transcript_file.h"
#include "api/web/web_routes.h"
#include "base/file_name.h"
#include "base/hash.h"
#include "base/random.h"
#include "domain/share_store.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMaxTokenLength = 128;
constexpr std::size_t kLongestExtension = 6;
/// A link may be revoked at any time.
constexpr const char* kNotKept = "no-store";

/// `secret` only in the response that creates the link.
void write_share(JsonWriter& json, const Share& share, const std::string& secret = {}) {
  json.begin_object();
  json.key("id").string(share.id);
  json.key("recording").boolean(share.with_recording);
  json.key("created_at").string(to_rfc3339(share.created_at));
  json.key("expires_at").string_or_null(to_rfc3339(share.expires_at));
  if (!secret.empty()) json.key("url").string("/s/" + secret);
  json.end_object();
}

Answer list_shares(const Services& services, const User& user, Request& request) {
  auto work = [&] { return services.shares.list(user.id, request.parameter("id")); };
  VAT_CO_ASSIGN(const std::vector<Share> shares, co_await services.pool.run(work));
  co_return list_response(shares, [](JsonWriter& json, const Share& share) { write_share(json, share); });
}

Answer create_share(const Services& services, const User& user, Request& request, JsonFields& fields) {
  Share wanted{.job_id = request.parameter("id")};
  VAT_CO_ASSIGN(const std::optional<bool> recording, fields.boolean("recording"));
  wanted.with_recording = recording.value_or(false);
  VAT_CO_ASSIGN(const std::optional<std::string> expires, fields.text("expires_at", {.max = 64}));
  if (expires) {
    wanted.expires_at = parse_rfc3339(*expires);
    if (!wanted.expires_at || *wanted.expires_at <= utc_now())
      co_return fail(
          fields.wrong("expires_at", "The expiry time must be in the future, such as 2030-01-01T00:00:00Z."));
  }
  VAT_CO_TRY(fields.finish());
  const std::string secret = random_token(kSecretBytes);
  auto work = [&]() -> Result<Share> {
    VAT_ASSIGN(const auto revisions, services.transcripts.revisions(user.id, wanted.job_id));
    if (revisions.empty()) return fail(ErrorCode::kNotFound, "There is no transcript to share yet.");
    VAT_ASSIGN(Share made, services.shares.create(user.id, wanted, hash_hex(Digest::kSha256, secret)));
    VAT_TRY(add_audit_entry(services, request, user, "share.created", made.id, made.job_id));
    return made;
  };
  VAT_CO_ASSIGN(const Share made, co_await services.pool.run(work));
  Response response =
      item_response(201, made, [&](JsonWriter& json, const Share& one) { write_share(json, one, secret); });
  response.set("Location", job_path(made.job_id) + "/shares/" + made.id);
  co_return response;
}

Answer delete_share(const Services& services, const User& user, Request& request) {
  co_return co_await empty_response_after(services, [&]() -> Result<> {
    const std::string& job_id = request.parameter("id");
    const std::string& share_id = request.parameter("share_id");
    VAT_TRY(services.shares.remove(user.id, job_id, share_id));
    return add_audit_entry(services, request, user, "share.revoked", share_id, job_id);
  });
}

/// What the token of the path opens. A link that was revoked, one that has expired, and one that never was
/// look the same. No search engine shows what the response has.
http::Task<Result<SharedJob>> open_share(const Services& services, Request& request) {
  request.response_fields.emplace_back("X-Robots-Tag", "noindex, nofollow, noarchive");
  const std::string token = request.parameter("token");
  std::optional<SharedJob> shared;
  if (token.size() <= kMaxTokenLength) {
    auto work = [&] { return services.shares.find(hash_hex(Digest::kSha256, token)); };
    VAT_CO_ASSIGN(shared, co_await services.pool.run(work));
  }
  if (!shared) co_return fail(ErrorCode::kNotFound, "This link does not exist, has expired or was revoked.");
  VAT_CO_TRY(admit_share(services, shared->share.id, request));
  co_return *std::move(shared);
}

Answer show_page(const Services& services, Request& request) {
  VAT_CO_TRY(co_await open_share(services, request));
  co_return page_response(request);
}

std::string shared_json(const Job& job, const SharedJob& shared, const Upload* recording,
                        const std::string& token) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("title").string(job.title);
  json.key("language").string_or_null(job.language);
  json.key("duration_seconds").number_or_null(to_seconds(job.duration));
  json.key("expires_at").string_or_null(to_rfc3339(shared.share.expires_at));
  json.key("recording");
  if (recording == nullptr) {
    json.null();
  } else {
    json.begin_object();
    const std::string path = "/api/v1/shared/" + token;
    json.key("url").string(path + "/media");
    json.key("video").boolean(recording->media.has_video);
    json.key("waveform_url").string_or_null(job.has_waveform ? path + "/waveform" : "");
    json.key("thumbnail_url").string_or_null(job.has_thumbnail ? path + "/thumbnail" : "");
    json.key("filmstrip_url").string_or_null(job.has_filmstrip ? path + "/filmstrip" : "");
    json.end_object();
  }
  json.end_object();
  return body;
}

Answer get_shared(const Services& services, Request& request) {
  VAT_CO_ASSIGN(const SharedJob shared, co_await open_share(services, request));
  auto work = [&]() -> Result<std::string> {
    VAT_ASSIGN(const Job job, services.jobs.get(shared.user_id, shared.share.job_id));
    Result<Upload> recording = fail(ErrorCode::kNotFound, "It is not shared.");
    if (shared.share.with_recording) recording = find_recording(services, job);
    if (!recording && recording.error().code != ErrorCode::kNotFound) return fail(recording.error());
    return shared_json(job, shared, recording ? &*recording : nullptr, request.parameter("token"));
  };
  VAT_CO_ASSIGN(std::string body, co_await services.pool.run(work));
  co_return json_response(200, std::move(body));
}

Answer get_shared_transcript(const Services& services, Request& request) {
  VAT_CO_ASSIGN(const SharedJob shared, co_await open_share(services, request));
  // A variable, because g++ 12 destroys a temporary of an awaited call twice.
  TranscriptReading reading{.user_id = shared.user_id, .job_id = shared.share.job_id, .shared = true};
  co_return co_await transcript_answer(services, request, std::move(reading));
}

/// Named after the job's title, because the name of the file that was sent may be none of others' business.
std::string shared_file_name(const Job& job, const Upload& recording) {
  const std::size_t dot = recording.filename.rfind('.');
  const bool has_extension = dot != std::string::npos && recording.filename.size() - dot <= kLongestExtension;
  return fitted_file_name(stem_of(job.title), has_extension ? recording.filename.substr(dot) : std::string());
}

tl::unexpected<Error> not_shared() {
  return fail(ErrorCode::kNotFound, "The recording is not part of what was shared.");
}

Answer get_shared_media(const Services& services, Request& request) {
  VAT_CO_ASSIGN(const SharedJob shared, co_await open_share(services, request));
  if (!shared.share.with_recording) co_return not_shared();
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const Job job, services.jobs.get(shared.user_id, shared.share.job_id));
    VAT_ASSIGN(const Upload recording, find_recording(services, job));
    return send_recording(services, request, recording,
                          {.name = shared_file_name(job, recording), .cache_control = kNotKept});
  };
  co_return co_await services.pool.run(work);
}

template <PictureKind kKind>
Answer get_shared_picture(const Services& services, Request& request) {
  VAT_CO_ASSIGN(const SharedJob shared, co_await open_share(services, request));
  if (!shared.share.with_recording) co_return not_shared();
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const Job job, services.jobs.get(shared.user_id, shared.share.job_id));
    return send_picture(services, request, job, kKind, kNotKept);
  };
  co_return co_await services.pool.run(work);
}

Answer get_shared_waveform(const Services& services, Request& request) {
  VAT_CO_ASSIGN(const SharedJob shared, co_await open_share(services, request));
  if (!shared.share.with_recording) co_return not_shared();
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const Job job, services.jobs.get(shared.user_id, shared.share.job_id));
    return send_waveform(services, request, job, kNotKept);
  };
  co_return co_await services.pool.run(work);
}

using PublicHandler = Answer (*)(const Services&, Request&);

/// Without credentials: the token is in the path.
http::Handler with_token(const Services& services, PublicHandler handler) {
  return [&services, handler](Request& request) { return handler(services, request); };
}

}  // namespace

void add_share_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/shares", route(services, list_shares));
  router.add(Method::kPost, "/api/v1/jobs/{id:uuid}/shares",
             json_route(services, create_share, kMaxJsonBytes, true));
  router.add(Method::kDelete, "/api/v1/jobs/{id:uuid}/shares/{share_id}", route(services, delete_share));
  router.add(Method::kGet, "/api/v1/shared/{token}", with_token(services, get_shared));
  router.add(Method::kGet, "/api/v1/shared/{token}/transcript", with_token(services, get_shared_transcript));
  router.add(Method::kGet, "/api/v1/shared/{token}/media", with_token(services, get_shared_media));
  router.add(Method::kGet, "/api/v1/shared/{token}/waveform", with_token(services, get_shared_waveform));
  router.add(Method::kGet, "/api/v1/shared/{token}/thumbnail",
             with_token(services, get_shared_picture<PictureKind::kThumbnail>));
  router.add(Method::kGet, "/api/v1/shared/{token}/filmstrip",
             with_token(services, get_shared_picture<PictureKind::kFilmstrip>));
  router.add(Method::kGet, "/api/v1/shared/{token}/filmstrip/sheet",
             with_token(services, get_shared_picture<PictureKind::kSheet>));
  // A page, and no operation of the API.
  constexpr const char* kSharedPage = "/s/{token}";
  router.add(Method::kGet, kSharedPage, with_token(services, show_page));
}

}  // namespace vat::api

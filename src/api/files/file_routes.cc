#include <algorithm>
#include <utility>

#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/files/pictures.h"
#include "api/files/recording.h"
#include "api/files/send_file.h"
#include "api/jobs/job_json.h"
#include "api/routes.h"
#include "media/waveform.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr int kUsualResolution = 10;

Answer list_files(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<std::vector<Artifact>> {
    VAT_TRY(services.jobs.get(user.id, request.parameter("id")));
    return result_files(services, user.id, std::string(request.parameter("id")));
  };
  VAT_CO_ASSIGN(const std::vector<Artifact> files, co_await services.pool.run(work));
  co_return list_response(files, write_file);
}

Result<Response> no_waveform(const Job& job) {
  if (job.kind == JobKind::kSpeech)
    return fail(ErrorCode::kNotFound, "This job was created from a text and has no waveform.");
  if (job.transcript_done)
    return fail(
        ErrorCode::kNotFound,
        "This job has no waveform, because it was transcribed before waveforms were drawn or its recording "
        "was removed.");
  return fail(ErrorCode::kNotFound, "The waveform of this job is drawn while its recording is transcribed.");
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

Answer get_waveform(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const auto asked, query_integer(request, "resolution", 1, kRecognitionRate));
    const int resolution = static_cast<int>(asked.value_or(kUsualResolution));
    if (!std::count(media::kWaveformResolutions.begin(), media::kWaveformResolutions.end(), resolution))
      return fail_field("resolution", "The parameter resolution must be 1, 10 or 100 points a second.");
    VAT_ASSIGN(const Job job, services.jobs.get(user.id, request.parameter("id")));
    const Result<Artifact> file =
        services.jobs.artifact(user.id, job.id, media::waveform_file_name(resolution));
    if (!file && file.error().code == ErrorCode::kNotFound) return no_waveform(job);
    if (!file) return fail(file.error());
    VAT_ASSIGN(std::string shown, disposition(request, file->content_type, file->name));
    return send_object(services, request, file->object_key, file->sha256,
                       {.content_type = file->content_type, .disposition = std::move(shown)});
  };
  co_return co_await services.pool.run(work);
}

template <PictureKind kKind>
Answer get_picture(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const Job job, services.jobs.get(user.id, request.parameter("id")));
    return send_picture(services, request, job, kKind);
  };
  co_return co_await services.pool.run(work);
}

Answer get_media(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const Job job, services.jobs.get(user.id, request.parameter("id")));
    VAT_ASSIGN(const Upload upload, find_recording(services, job));
    return send_recording(services, request, upload, {.name = upload.filename});
  };
  co_return co_await services.pool.run(work);
}

}  // namespace

void add_file_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/files", route(services, list_files));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/files/{name}", route(services, get_file));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/media", route(services, get_media));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/waveform", route(services, get_waveform));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/thumbnail",
             route(services, get_picture<PictureKind::kThumbnail>));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/filmstrip",
             route(services, get_picture<PictureKind::kFilmstrip>));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/filmstrip/sheet",
             route(services, get_picture<PictureKind::kSheet>));
}

}  // namespace vat::api

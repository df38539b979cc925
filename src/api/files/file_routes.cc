#include <utility>

#include "api/common/handler.h"
#include "api/files/pictures.h"
#include "api/files/recording.h"
#include "api/files/send_file.h"
#include "api/files/waveform.h"
#include "api/jobs/job_json.h"
#include "api/routes.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

Answer list_files(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<std::vector<Artifact>> {
    VAT_TRY(services.jobs.get(user.id, request.parameter("id")));
    return result_files(services, user.id, std::string(request.parameter("id")));
  };
  VAT_CO_ASSIGN(const std::vector<Artifact> files, co_await services.pool.run(work));
  co_return list_response(files, write_file);
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
    VAT_ASSIGN(const Job job, services.jobs.get(user.id, request.parameter("id")));
    return send_waveform(services, request, job);
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

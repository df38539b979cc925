#include <utility>

#include "api/common/handler.h"
#include "api/common/rate_limits.h"
#include "api/routes.h"
#include "api/uploads/form.h"
#include "api/uploads/tus_routes.h"
#include "api/uploads/upload_json.h"
#include "uploads/completion.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

Answer put_upload(const Services& services, const User& user, Request& request) {
  if (is_form(request))
    co_return fail(
        http_refusal(415, "The body must be the file itself; send forms to /api/v1/jobs.", "Content-Type"));
  VAT_CO_TRY(admit(services, user, request, Act::kUpload));
  Upload upload = uploads::new_upload(user.id, request.query_value("filename").value_or(""),
                                      request.header("Content-Type"));
  VAT_CO_ASSIGN(uploads::ReceivedFile file, co_await receive_body(services, std::move(upload), request));
  auto work = [&]() -> Result<Upload> {
    Result<MediaSummary> media = uploads::look_at(services.intake, file.file->path(), file.upload.filename);
    Result<Upload> stored = media ? Result<Upload>() : Result<Upload>(fail(media.error()));
    if (media) {
      file.upload.media = *media;
      stored = uploads::store_upload(services.intake, file);
    }
    file.file.reset();
    return stored;
  };
  VAT_CO_ASSIGN(const Upload stored, co_await services.slow_pool.run(work));
  Response response = json_response(201, upload_json(stored, stored.size.value_or(0)));
  response.set("Location", upload_path(stored.id));
  co_return response;
}

Answer get_upload(const Services& services, const User& user, Request& request) {
  auto work = [&]() -> Result<std::string> {
    VAT_ASSIGN(const Upload upload, services.uploads.get(user.id, request.parameter("id")));
    return upload_json(upload, uploads::offset_of(services.intake, upload));
  };
  VAT_CO_ASSIGN(std::string body, co_await services.pool.run(work));
  Response response = json_response(200, std::move(body));
  response.set("Cache-Control", "no-store");
  co_return response;
}

}  // namespace

void add_upload_routes(http::Router& router, const Services& services) {
  const http::RouteOptions one_file{.max_body_bytes = services.limits.max_upload_bytes};
  router.add(Method::kPut, "/api/v1/uploads", route(services, put_upload), one_file);
  router.add(Method::kGet, "/api/v1/uploads/{id:uuid}", route(services, get_upload));
  add_tus_routes(router, services);
}

}  // namespace vat::api

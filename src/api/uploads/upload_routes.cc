#include <utility>

#include "api/common/handler.h"
#include "api/common/problem.h"
#include "api/jobs/job_request.h"
#include "api/jobs/new_job.h"
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

bool is_form(const Request& request) {
  const std::string_view type = request.header("Content-Type");
  constexpr std::string_view kForm = "multipart/";
  return type.size() >= kForm.size() &&
         std::equal(kForm.begin(), kForm.end(), type.begin(), [](char wanted, char found) {
           return wanted == (found >= 'A' && found <= 'Z' ? static_cast<char>(found - 'A' + 'a') : found);
         });
}

/// What makes two forms the same request.
std::string asked_of_form(const JobWish& wish, const std::vector<uploads::ReceivedFile>& files) {
  std::string asked = asked_text(wish);
  for (const uploads::ReceivedFile& file : files)
    asked += "\n" + file.upload.fingerprint + " " + file.upload.filename;
  return asked;
}

/// Everything that can be said against the form, before anything is stored. Blocks.
Result<> look_at_all(const Services& services, std::vector<uploads::ReceivedFile>& files,
                     const JobWish& wish) {
  VAT_TRY(check_available(services, wish.options));
  for (uploads::ReceivedFile& file : files) {
    VAT_ASSIGN(file.upload.media, uploads::look_at(file.file->path(), file.upload.filename));
  }
  return {};
}

Result<Response> make_jobs_of_form(const Services& services, const Request& request, ReceivedForm& form) {
  VAT_ASSIGN(const JobWish wish, wish_from_form(services, form.fields));
  if (form.files.empty())
    return fail_field("file", "The form has no file; send one in a field called \"file\".");
  VAT_ASSIGN(const std::optional<IdempotencyKey> key,
             idempotency_key(request, asked_of_form(wish, form.files)));
  VAT_TRY(look_at_all(services, form.files, wish));
  VAT_ASSIGN(const CreatedJobs created, jobs_from_files(services, form.files, wish, key));
  return created_response(services, created);
}

Answer create_from_form(const Services& services, const User& user, Request& request) {
  // What can be refused by its head alone costs its sender no bytes.
  VAT_CO_TRY(idempotency_key(request, {}));
  const FormRules rules{.max_files = services.limits.max_files_per_request, .check_name = check_job_field};
  VAT_CO_ASSIGN(ReceivedForm form, co_await receive_form(services, user, request, rules));
  auto work = [&] {
    Result<Response> made = make_jobs_of_form(services, request, form);
    form.files.clear();  // Here, not on the I/O thread: it removes files.
    return made;
  };
  co_return co_await services.slow_pool.run(work);
}

Result<std::vector<std::string>> upload_ids(JsonFields& fields) {
  VAT_ASSIGN(const std::optional<std::string> id, fields.text("upload_id", {.min = 1, .max = 64}));
  if (!id) return fail(fields.missing("upload_id"));
  return std::vector<std::string>{*id};
}

Result<Response> make_jobs_of_uploads(const Services& services, const User& user, const Request& request,
                                      JsonFields& fields) {
  VAT_ASSIGN(const std::vector<std::string> ids, upload_ids(fields));
  VAT_ASSIGN(const JobWish wish, wish_from_json(services, fields));
  VAT_TRY(fields.finish());
  VAT_ASSIGN(const std::optional<IdempotencyKey> key, idempotency_key(request, fields.canonical()));
  VAT_TRY(check_available(services, wish.options));
  std::vector<Upload> uploads;
  for (const std::string& id : ids) {
    VAT_ASSIGN(const Upload upload, find_complete(services, user.id, id));
    uploads.push_back(upload);
  }
  VAT_ASSIGN(const CreatedJobs created, jobs_from_uploads(services, uploads, wish, key));
  return created_response(services, created);
}

Answer create_from_json(const Services& services, const User& user, Request& request) {
  VAT_CO_ASSIGN(const std::string body, co_await request.body->read_all(kMaxJsonBytes));
  VAT_CO_ASSIGN(JsonFields fields, JsonFields::parse(body));
  auto work = [&] { return make_jobs_of_uploads(services, user, request, fields); };
  // An upload whose completion a crash cut short is completed now, which takes seconds.
  co_return co_await services.slow_pool.run(work);
}

Answer create_jobs_route(const Services& services, const User& user, Request& request) {
  if (has_json_body(request)) co_return co_await create_from_json(services, user, request);
  if (is_form(request)) co_return co_await create_from_form(services, user, request);
  co_return problem_response(
      request, 415,
      "Send a form (multipart/form-data) with the file, or JSON (application/json) with "
      "the id of an upload.",
      "Content-Type");
}

Answer put_upload(const Services& services, const User& user, Request& request) {
  if (is_form(request))
    co_return problem_response(request, 415, "The body is the file itself here; send forms to /api/v1/jobs.",
                               "Content-Type");
  Upload upload = uploads::new_upload(user.id, request.query_value("filename").value_or(""),
                                      request.header("Content-Type"));
  VAT_CO_ASSIGN(uploads::ReceivedFile file, co_await receive_body(services, std::move(upload), request));
  auto work = [&]() -> Result<Upload> {
    Result<MediaSummary> media = uploads::look_at(file.file->path(), file.upload.filename);
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
  const http::RouteOptions form{.max_body_bytes = services.limits.max_upload_bytes + kFormOverheadBytes};
  router.add(Method::kPost, "/api/v1/jobs", route(services, create_jobs_route), form);
  router.add(Method::kPut, "/api/v1/uploads", route(services, put_upload), one_file);
  router.add(Method::kGet, "/api/v1/uploads/{id:uuid}", route(services, get_upload));
  add_tus_routes(router, services);
}

}  // namespace vat::api

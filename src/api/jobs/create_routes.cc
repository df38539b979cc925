#include <algorithm>
#include <utility>

#include "api/common/handler.h"
#include "api/common/outbound_url.h"
#include "api/common/rate_limits.h"
#include "api/jobs/created_response.h"
#include "api/jobs/idempotency.h"
#include "api/jobs/job_fields.h"
#include "api/jobs/job_request.h"
#include "api/routes.h"
#include "api/uploads/form.h"
#include "base/ascii.h"
#include "base/hex.h"

namespace vat::api {
namespace {

using http::Request;
using http::Response;

constexpr std::size_t kMaxLinkBytes = 8192;

/// Blocks.
Result<Response> create_of_form(const Services& services, const User& user, const Request& request,
                                ReceivedForm& form) {
  VAT_ASSIGN(JobRequest wanted, job_request_from_form(services, form.fields));
  if (form.files.empty())
    return fail_field("file", "The form has no file; send one in a field called \"file\".");
  wanted.user_id = user.id;
  wanted.files = std::move(form.files);
  VAT_ASSIGN(wanted.idempotency, idempotency_key(request, asked_text(wanted)));
  VAT_ASSIGN(const CreatedJobs created, create_jobs(services, wanted));
  return created_list_response(services, created);
}

Answer create_from_form(const Services& services, const User& user, Request& request) {
  // Requests that can be rejected by their header cost the sender no body.
  VAT_CO_TRY(idempotency_key(request, {}));
  VAT_CO_TRY(admit(services, user, request, Act::kUpload));
  const FormRules rules{.max_files = services.limits.max_files_per_request, .check_name = check_job_field};
  VAT_CO_ASSIGN(ReceivedForm form, co_await receive_form(services, user, request, rules));
  VAT_CO_TRY(admit(services, user, request, Act::kJob, std::max<std::size_t>(form.files.size(), 1)));
  auto work = [&] {
    Result<Response> made = create_of_form(services, user, request, form);
    form.files.clear();  // Here, not on the I/O thread: it removes files.
    return made;
  };
  co_return co_await services.slow_pool.run(work);
}

/// Without its fragment, which is for browsers only, and with the escapes that they add.
Result<std::string> read_link(const Services& services, const std::string& url) {
  std::string link;
  for (const char c : url.substr(0, url.find('#')))
    link += c == ' ' || is_graphic(c) || is_control(c) ? std::string(1, c) : percent_encode({&c, 1});
  const UrlRules rules{.noun = "link",
                       .field = "url",
                       .max_bytes = kMaxLinkBytes,
                       .allow_private = services.allow_private_links};
  VAT_TRY(check_outbound_url(link, rules));
  return link;
}

Result<JobRequest> read_json_request(const Services& services, const User& user, const Request& request,
                                     JsonFields& fields) {
  VAT_ASSIGN(const std::optional<std::string> upload_id, fields.text("upload_id", {.min = 1, .max = 64}));
  VAT_ASSIGN(const std::optional<std::string> url, fields.text("url", {.min = 1, .max = kMaxLinkBytes}));
  if (upload_id.has_value() == url.has_value())
    return fail_field(url ? "url" : "upload_id", "Name the recording by either upload_id or url.");
  VAT_ASSIGN(JobRequest wanted, job_request_from_json(services, fields));
  VAT_TRY(fields.finish());
  wanted.user_id = user.id;
  wanted.upload_id = upload_id.value_or("");
  if (url) {
    VAT_ASSIGN(wanted.source_url, read_link(services, *url));
  }
  VAT_ASSIGN(wanted.idempotency, idempotency_key(request, fields.canonical()));
  return wanted;
}

Answer create_from_json(const Services& services, const User& user, Request& request) {
  VAT_CO_TRY(admit(services, user, request, Act::kJob));
  VAT_CO_ASSIGN(const std::string body, co_await request.body->read_all(kMaxJsonBytes));
  VAT_CO_ASSIGN(JsonFields fields, JsonFields::parse(body));
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const JobRequest wanted, read_json_request(services, user, request, fields));
    VAT_ASSIGN(const CreatedJobs created, create_jobs(services, wanted));
    return created_list_response(services, created);
  };
  // An upload whose completion a crash interrupted is completed now, which takes seconds.
  co_return co_await services.slow_pool.run(work);
}

Answer post_jobs(const Services& services, const User& user, Request& request) {
  if (has_json_body(request)) co_return co_await create_from_json(services, user, request);
  if (is_form(request)) co_return co_await create_from_form(services, user, request);
  co_return fail(
      http_refusal(415,
                   "Send a form (multipart/form-data) with the file, or JSON (application/json) with "
                   "the id of an upload or the url of a recording.",
                   "Content-Type"));
}

}  // namespace

void add_create_routes(http::Router& router, const Services& services) {
  router.add(http::Method::kPost, "/api/v1/jobs", route(services, post_jobs),
             {.max_body_bytes = services.limits.max_upload_bytes + kFormOverheadBytes});
}

}  // namespace vat::api

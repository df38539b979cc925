#include <utility>

#include "api/common/cursor.h"
#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/common/rate_limits.h"
#include "api/jobs/delete_job.h"
#include "api/jobs/job_fields.h"
#include "api/jobs/job_json.h"
#include "api/routes.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t kMaxTitleQuery = 255U * 4;

Result<JobFilter> read_filter(const Request& request) {
  JobFilter filter;
  VAT_ASSIGN(const std::string state, query_text(request, "state", 32));
  if (!state.empty()) {
    filter.state = parse_job_state(state);
    if (!filter.state)
      return fail_field("state", "The state must be queued, processing, completed, failed or cancelled.");
  }
  VAT_ASSIGN(const std::string kind, query_text(request, "kind", 32));
  if (!kind.empty()) {
    filter.kind = parse_job_kind(kind);
    if (!filter.kind) return fail_field("kind", "The kind must be process or speech.");
  }
  VAT_ASSIGN(filter.title, query_text(request, "q", kMaxTitleQuery));
  VAT_ASSIGN(filter.created_after, query_time(request, "created_after"));
  VAT_ASSIGN(filter.created_before, query_time(request, "created_before"));
  VAT_ASSIGN(filter.limit, query_limit(request));
  if (const auto cursor = request.query_value("cursor")) {
    VAT_ASSIGN(filter.after_id, read_job_cursor(*cursor));
  }
  return filter;
}

std::string page_json(const Services& services, const JobPage& page) {
  std::string body;
  body.reserve(1024 * (page.jobs.size() + 1));
  JsonWriter json(body);
  json.begin_object();
  json.key("items").array(page.jobs,
                          [&](const Job& job) { write_job(json, job, quick_details(services, job)); });
  const bool more = page.more && !page.jobs.empty();
  json.key("next_cursor").string_or_null(more ? job_cursor(page.jobs.back().id) : "");
  json.end_object();
  return body;
}

Answer list_jobs(const Services& services, const User& user, Request& request) {
  VAT_CO_ASSIGN(JobFilter filter, read_filter(request));
  auto work = [&]() -> Result<std::string> {
    VAT_ASSIGN(const JobPage page, services.jobs.list(user.id, filter));
    return page_json(services, page);
  };
  VAT_CO_ASSIGN(std::string body, co_await services.pool.run(work));
  co_return json_response(200, std::move(body));
}

/// Changes the job of the path, and responds with its new state.
template <class Action>
Answer answer_job(const Services& services, int status, Action action) {
  std::string id;
  auto work = [&]() -> Result<std::string> {
    VAT_ASSIGN(const Job job, action());
    id = job.id;
    return detailed_job_json(services, job);
  };
  VAT_CO_ASSIGN(std::string body, co_await services.pool.run(work));
  Response response = json_response(status, std::move(body));
  if (status != 200) response.set("Location", job_path(id));
  co_return response;
}

Answer get_job(const Services& services, const User& user, Request& request) {
  co_return co_await answer_job(services, 200,
                                [&] { return services.jobs.get(user.id, request.parameter("id")); });
}

Answer cancel_job(const Services& services, const User& user, Request& request) {
  co_return co_await answer_job(services, 200,
                                [&] { return services.jobs.cancel(user.id, request.parameter("id")); });
}

Answer retry_job(const Services& services, const User& user, Request& request) {
  VAT_CO_TRY(admit(services, user, request, Act::kJob));
  co_return co_await answer_job(services, 202,
                                [&] { return services.jobs.retry(user.id, request.parameter("id")); });
}

Answer change_job(const Services& services, const User& user, Request& request, JsonFields& fields) {
  VAT_CO_ASSIGN(const std::optional<std::int64_t> priority,
                fields.integer("priority", kMinPriority, kMaxPriority));
  JobChanges changes;
  VAT_CO_ASSIGN(changes.title, read_title(fields));
  VAT_CO_TRY(fields.finish());
  if (priority) changes.priority = static_cast<int>(*priority);
  if (!changes.priority && !changes.title) co_return fail(fields.missing("title"));
  co_return co_await answer_job(
      services, 200, [&] { return services.jobs.change(user.id, request.parameter("id"), changes); });
}

Answer remove_job(const Services& services, const User& user, Request& request) {
  co_return co_await empty_response_after(
      services, [&] { return delete_job(services, user.id, request.parameter("id")); });
}

}  // namespace

void add_job_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/jobs", route(services, list_jobs));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}", route(services, get_job));
  router.add(Method::kPatch, "/api/v1/jobs/{id:uuid}", json_route(services, change_job));
  router.add(Method::kDelete, "/api/v1/jobs/{id:uuid}", route(services, remove_job));
  router.add(Method::kPost, "/api/v1/jobs/{id:uuid}/cancel", route(services, cancel_job));
  router.add(Method::kPost, "/api/v1/jobs/{id:uuid}/retry", route(services, retry_job));
}

}  // namespace vat::api

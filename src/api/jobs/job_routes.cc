#include <algorithm>
#include <utility>

#include "api/common/cursor.h"
#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/common/rate_limits.h"
#include "api/jobs/delete_job.h"
#include "api/jobs/job_fields.h"
#include "api/jobs/job_json.h"
#include "api/routes.h"
#include "base/text.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t kMaxTitleQuery = 255;  // characters

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
  VAT_ASSIGN(filter.title, query_text(request, "q", kMaxTitleQuery * 4));
  if (code_points(filter.title) > kMaxTitleQuery)
    return fail_field("q", "The parameter q is longer than 255 characters.");
  VAT_ASSIGN(filter.label_id, query_text(request, "label", 64));
  if (!filter.label_id.empty() && !is_uuid(filter.label_id))
    return fail_field("label", "The parameter label must be the id of a label.");
  VAT_ASSIGN(filter.created_after, query_time(request, "created_after"));
  VAT_ASSIGN(filter.created_before, query_time(request, "created_before"));
  VAT_ASSIGN(filter.limit, query_limit(request));
  if (const auto cursor = request.query_value("cursor")) {
    VAT_ASSIGN(filter.after_id, read_job_cursor(*cursor));
  }
  return filter;
}

Result<std::string> page_json(const Services& services, const User& user, const JobPage& page) {
  std::vector<std::string> ids;
  for (const Job& job : page.jobs) ids.push_back(job.id);
  VAT_ASSIGN(auto labels, services.labels.of_jobs(user.id, ids));
  const auto is_queued = [](const Job& job) { return job.state == JobState::kQueued; };
  QueuePlaces places;
  if (std::any_of(page.jobs.begin(), page.jobs.end(), is_queued)) {
    VAT_ASSIGN(places, services.queue.places(user.id));
  }
  std::string body;
  body.reserve(1024 * (page.jobs.size() + 1));
  JsonWriter json(body);
  json.begin_object();
  json.key("items").array(page.jobs, [&](const Job& job) {
    JobDetails details = quick_details(services, job);
    if (is_queued(job)) details.waiting = waiting_of(services, job, places, utc_now());
    details.labels = std::move(labels[job.id]);
    write_job(json, job, details);
  });
  const bool more = page.more && !page.jobs.empty();
  json.key("next_cursor").string_or_null(more ? job_cursor(page.jobs.back().id) : "");
  json.end_object();
  return body;
}

Answer list_jobs(const Services& services, const User& user, Request& request) {
  VAT_CO_ASSIGN(JobFilter filter, read_filter(request));
  auto work = [&]() -> Result<std::string> {
    VAT_ASSIGN(const JobPage page, services.jobs.list(user.id, filter));
    return page_json(services, user, page);
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
  VAT_CO_ASSIGN(const auto labels, fields.texts("labels", kMaxJobLabels, {.max = 64}));
  VAT_CO_TRY(fields.finish());
  if (priority) changes.priority = static_cast<int>(*priority);
  const bool has_change = changes.priority || changes.title;
  if (!has_change && !labels) co_return fail(fields.missing("title"));
  const std::string& id = request.parameter("id");
  LabelChange labelling{.job_ids = {id}, .add = {}, .remove = {}, .remove_others = true};
  if (labels) labelling.add = *labels;
  co_return co_await answer_job(services, 200, [&]() -> Result<Job> {
    if (labels) VAT_TRY(services.labels.change(user.id, labelling));
    return has_change ? services.jobs.change(user.id, id, changes) : services.jobs.get(user.id, id);
  });
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

#include <algorithm>
#include <array>
#include <utility>

#include "api/common/cursor.h"
#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/jobs/delete_job.h"
#include "api/jobs/job_json.h"
#include "api/jobs/new_job.h"
#include "api/routes.h"
#include "pipeline/options_json.h"
#include "subtitles/formats.h"

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
      return fail_field("state", "The state is queued, processing, completed, failed or cancelled.");
  }
  VAT_ASSIGN(const std::string kind, query_text(request, "kind", 32));
  if (!kind.empty()) {
    filter.kind = parse_job_kind(kind);
    if (!filter.kind) return fail_field("kind", "The kind is process or speech.");
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
  json.key("items").begin_array();
  for (const Job& job : page.jobs) write_job(json, job, quick_details(services, job));
  json.end_array();
  json.key("next_cursor");
  if (page.more && !page.jobs.empty())
    json.string(job_cursor(page.jobs.back().id));
  else
    json.null();
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

/// Does something to the job of the path, and answers with the job as it is then.
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
  co_return co_await answer_job(services, 202,
                                [&] { return services.jobs.retry(user.id, request.parameter("id")); });
}

Answer change_job(const Services& services, const User& user, Request& request, JsonFields& fields) {
  VAT_CO_ASSIGN(const std::optional<std::int64_t> priority,
                fields.integer("priority", kMinPriority, kMaxPriority));
  VAT_CO_TRY(fields.finish());
  if (!priority) co_return fail(fields.missing("priority"));
  co_return co_await answer_job(services, 200, [&] {
    return services.jobs.set_priority(user.id, request.parameter("id"), static_cast<int>(*priority));
  });
}

Answer remove_job(const Services& services, const User& user, Request& request) {
  auto work = [&] { return delete_job(services, user.id, request.parameter("id")); };
  VAT_CO_TRY(co_await services.pool.run(work));
  co_return http::empty_response(204);
}

/// Blocks. Makes the one job and writes it.
Result<std::pair<std::string, std::string>> create_one(const Services& services, const NewJob& job,
                                                       const std::optional<IdempotencyKey>& idempotency) {
  VAT_ASSIGN(const CreatedJobs created, create_jobs(services, {job}, idempotency));
  if (created.jobs.empty()) return fail(ErrorCode::kInternal, "No job was made.", "create() gave none");
  VAT_ASSIGN(std::string body, detailed_job_json(services, created.jobs.front()));
  return std::pair(created.jobs.front().id, std::move(body));
}

/// Makes the job that `prepare` describes from the job of the path; answers 202 with it.
template <class Prepare>
Answer create_from(const Services& services, const User& user, Request& request, std::string asked,
                   Prepare prepare) {
  VAT_CO_ASSIGN(const std::optional<IdempotencyKey> idempotency, idempotency_key(request, asked));
  auto work = [&]() -> Result<std::pair<std::string, std::string>> {
    VAT_ASSIGN(const Job job, services.jobs.get(user.id, request.parameter("id")));
    VAT_ASSIGN(const NewJob made, prepare(job));
    return create_one(services, made, idempotency);
  };
  VAT_CO_ASSIGN(auto made, co_await services.pool.run(work));
  Response response = json_response(202, std::move(made.second));
  response.set("Location", job_path(made.first));
  co_return response;
}

Answer rerun_job(const Services& services, const User& user, Request& request, JsonFields& fields) {
  std::string asked = fields.canonical();
  NewJob wanted;
  wanted.user_id = user.id;
  VAT_CO_TRY(read_job_fields(services, fields, wanted));
  VAT_CO_ASSIGN(const std::optional<std::string> options, fields.object("options"));
  VAT_CO_TRY(fields.finish());
  co_return co_await create_from(
      services, user, request, std::move(asked), [&](const Job& job) -> Result<NewJob> {
        NewJob made = wanted;
        made.kind = job.kind;
        if (made.title.empty()) made.title = job.title;
        made.upload_id = job.upload_id;
        made.input_text = job.input_text;
        VAT_ASSIGN(const pipeline::JobOptions before, pipeline::job_options_from_stored_json(job.options));
        Result<pipeline::JobOptions> changed =
            pipeline::job_options_from_json(options.value_or("{}"), before);
        if (!changed) return fail(in_options(std::move(changed).error()));
        made.options = pipeline::to_json(*changed);
        return made;
      });
}

/// How the transcript is spoken: the job's own speech options, and what the request says over them.
Result<pipeline::JobOptions> speech_options(const Job& job, const std::string& wanted,
                                            const Transcript& transcript) {
  constexpr std::array<std::string_view, 6> kNames = {"speech_engine", "voice",    "speed",
                                                      "audio_format",  "loudness", "language"};
  VAT_ASSIGN(const JsonFields given, JsonFields::parse(wanted));
  for (const std::string_view name : pipeline::option_names()) {
    if (given.has(name) && std::find(kNames.begin(), kNames.end(), name) == kNames.end())
      return fail_field(std::string(name), "The option " + std::string(name) + " does not belong to speech.");
  }
  VAT_ASSIGN(pipeline::JobOptions options, pipeline::job_options_from_stored_json(job.options));
  options.recognition.language = transcript.task == "translate" ? "en" : transcript.language;
  if (options.recognition.language.empty()) options.recognition.language = "auto";
  options.recognition.translate = false;
  options.dub = false;
  options.speech = true;
  return pipeline::job_options_from_json(wanted, options);
}

Result<NewJob> speak_again(const Services& services, const Job& job, const std::string& wanted, NewJob made) {
  VAT_ASSIGN(const StoredTranscript stored, services.transcripts.get(job.user_id, job.id));
  Result<pipeline::JobOptions> options = speech_options(job, wanted, stored.transcript);
  if (!options) return fail(in_options(std::move(options).error()));
  made.kind = JobKind::kSpeech;
  if (made.title.empty()) made.title = job.title;
  made.input_text = subtitles::write(subtitles::Format::kTxt, stored.transcript, {});
  if (made.input_text.find_first_not_of(" \n") == std::string::npos)
    return fail(ErrorCode::kBadData, "The transcript of this job has no text to speak.");
  if (made.input_text.size() > services.limits.max_text_bytes) {
    return fail(ErrorCode::kLimit, "The transcript of this job is longer than " +
                                       std::to_string(services.limits.max_text_bytes) +
                                       " bytes, which is the limit of a text to speak.");
  }
  made.options = pipeline::to_json(*options);
  return made;
}

/// A speech job of its own, so that the files of the job stay what they were and both can be heard.
Answer speak_job(const Services& services, const User& user, Request& request, JsonFields& fields) {
  std::string asked = fields.canonical();
  NewJob wanted;
  wanted.user_id = user.id;
  VAT_CO_TRY(read_job_fields(services, fields, wanted));
  VAT_CO_ASSIGN(const std::optional<std::string> options, fields.object("options"));
  VAT_CO_TRY(fields.finish());
  const std::string chosen = options.value_or("{}");
  co_return co_await create_from(services, user, request, std::move(asked),
                                 [&](const Job& job) { return speak_again(services, job, chosen, wanted); });
}

}  // namespace

void add_job_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/jobs", route(services, list_jobs));
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}", route(services, get_job));
  router.add(Method::kPatch, "/api/v1/jobs/{id:uuid}", json_route(services, change_job));
  router.add(Method::kDelete, "/api/v1/jobs/{id:uuid}", route(services, remove_job));
  router.add(Method::kPost, "/api/v1/jobs/{id:uuid}/cancel", route(services, cancel_job));
  router.add(Method::kPost, "/api/v1/jobs/{id:uuid}/retry", route(services, retry_job));
  router.add(Method::kPost, "/api/v1/jobs/{id:uuid}/rerun",
             json_route(services, rerun_job, kMaxJsonBytes, true));
  router.add(Method::kPost, "/api/v1/jobs/{id:uuid}/speech",
             json_route(services, speak_job, kMaxJsonBytes, true));
}

}  // namespace vat::api

#include "api/jobs/job_json.h"

#include <cmath>
#include <cstdint>
#include <utility>

#include "api/jobs/options_view.h"
#include "api/jobs/time_left.h"
#include "base/hex.h"

namespace vat::api {
namespace {

double round_to(double value, double steps) { return std::round(value * steps) / steps; }

/// Nothing for what is not known.
std::optional<double> positive(double number, double steps) {
  return number > 0 ? std::optional(round_to(number, steps)) : std::nullopt;
}

void write_failure(JsonWriter& json, const std::optional<JobFailure>& failure) {
  json.key("error");
  if (!failure) return json.null();
  json.begin_object();
  json.key("code").string(traits(failure->code).name);
  json.key("message").string(failure->message);
  json.key("stage").string(stage_name(failure->stage));
  json.end_object();
}

std::string_view reason_name(JobWaiting::Reason reason) {
  switch (reason) {
    case JobWaiting::Reason::kUserLimit:
      return "user_limit";
    case JobWaiting::Reason::kRetry:
      return "retry";
    case JobWaiting::Reason::kModel:
      return "model";
    case JobWaiting::Reason::kWorker:
      break;
  }
  return "worker";
}

void write_waiting(JsonWriter& json, const std::optional<JobWaiting>& waiting) {
  json.key("waiting");
  if (!waiting) return json.null();
  json.begin_object();
  json.key("reason").string(reason_name(waiting->reason));
  json.key("place").integer_or_null(waiting->place ? std::optional(static_cast<std::int64_t>(*waiting->place))
                                                   : std::nullopt);
  json.key("until").string_or_null(to_rfc3339(waiting->until));
  json.key("model").string_or_null(waiting->model);
  json.end_object();
}

}  // namespace

JobWaiting waiting_of(const Services& services, const Job& job, const QueuePlaces& places, UtcTime now) {
  JobWaiting waiting;
  if (const auto found = places.places.find(job.id); found != places.places.end())
    waiting.place = found->second;
  if (job.not_before && *job.not_before > now) {
    waiting.reason = JobWaiting::Reason::kRetry;
    waiting.until = job.not_before;
  } else if (places.running >= services.limits.max_running_jobs) {
    waiting.reason = JobWaiting::Reason::kUserLimit;
  }
  return waiting;
}

JobDetails quick_details(const Services& services, const Job& job) {
  JobDetails details;
  if (job.state != JobState::kProcessing) return details;
  if (services.live_progress) details.live = services.live_progress(job.id);
  const JobProgress& progress = details.live ? *details.live : job.progress;
  details.eta_seconds = running_eta(job, progress, utc_now());
  if (!progress.fetching.empty())
    details.waiting = JobWaiting{
        .reason = JobWaiting::Reason::kModel, .place = {}, .until = {}, .model = progress.fetching};
  return details;
}

Result<JobDetails> find_details(const Services& services, const Job& job) {
  JobDetails details = quick_details(services, job);
  if (job.state == JobState::kQueued || (job.state == JobState::kProcessing && !details.eta_seconds)) {
    VAT_ASSIGN(details.eta_seconds, waiting_eta(services, job, utc_now()));
  }
  if (job.state == JobState::kQueued) {
    VAT_ASSIGN(const QueuePlaces places, services.queue.places(job.user_id));
    details.waiting = waiting_of(services, job, places, utc_now());
  }
  VAT_ASSIGN(auto labels, services.labels.of_jobs(job.user_id, {job.id}));
  details.labels = std::move(labels[job.id]);
  // Nothing is made before a worker starts it.
  if (job.state == JobState::kQueued && job.attempt == 0 && !job.transcript_done) return details;
  VAT_ASSIGN(details.files, result_files(services, job.user_id, job.id));
  return details;
}

Result<std::vector<Artifact>> result_files(const Services& services, const std::string& user_id,
                                           const std::string& job_id) {
  VAT_ASSIGN(std::vector<Artifact> files, services.jobs.artifacts(user_id, job_id));
  std::erase_if(files, [](const Artifact& file) { return !is_result(file.kind); });
  return files;
}

void write_progress(JsonWriter& json, const Job& job, const JobDetails& details) {
  const JobProgress& progress = details.live ? *details.live : job.progress;
  // The last heartbeat of a completed job came at any stage of it.
  json.key("stage").string(stage_name(job.state == JobState::kCompleted ? last_stage(job) : progress.stage));
  json.key("percent").number(overall_percent(job, progress));
  json.key("speed").number_or_null(positive(progress.speed, 100));
  json.key("eta_seconds")
      .number_or_null(details.eta_seconds ? std::optional(std::ceil(*details.eta_seconds)) : std::nullopt);
  write_waiting(json, details.waiting);
}

void write_job(JsonWriter& json, const Job& job, const JobDetails& details) {
  json.begin_object();
  json.key("id").string(job.id);
  json.key("kind").string(job_kind_name(job.kind));
  json.key("state").string(job_state_name(job.state));
  json.key("title").string(job.title);
  write_progress(json, job, details);
  json.key("attempt").integer(job.attempt);
  json.key("priority").integer(job.priority);
  json.key("engine").string_or_null(job.engine);
  json.key("model").string_or_null(job.model);
  json.key("language").string_or_null(job.language);
  json.key("duration_seconds").number_or_null(positive(to_seconds(job.duration), 1000));
  json.key("options").raw(options_view(job.options)->shown);
  write_failure(json, job.failure);
  json.key("warnings").strings(job.warnings);
  json.key("files").array(details.files, [&](const Artifact& file) { write_file(json, file); });
  json.key("labels").array(details.labels, [&](const Label& label) { write_label(json, label); });
  json.key("waveform_url").string_or_null(job.has_waveform ? job_path(job.id) + "/waveform" : "");
  json.key("thumbnail_url").string_or_null(job.has_thumbnail ? job_path(job.id) + "/thumbnail" : "");
  json.key("filmstrip_url").string_or_null(job.has_filmstrip ? job_path(job.id) + "/filmstrip" : "");
  json.key("upload_id").string_or_null(job.upload_id);
  json.key("source_url").string_or_null(job.source_url);
  json.key("webhook_url").string_or_null(job.webhook_url);
  json.key("created_at").string(to_rfc3339(job.created_at));
  json.key("updated_at").string(to_rfc3339(job.updated_at));
  json.key("started_at").string_or_null(to_rfc3339(job.started_at));
  json.key("finished_at").string_or_null(to_rfc3339(job.finished_at));
  json.end_object();
}

std::string job_json(const Job& job, const JobDetails& details) {
  std::string body;
  body.reserve(2048);
  JsonWriter json(body);
  write_job(json, job, details);
  return body;
}

Result<std::string> detailed_job_json(const Services& services, const Job& job) {
  VAT_ASSIGN(const JobDetails details, find_details(services, job));
  return job_json(job, details);
}

void write_label(JsonWriter& json, const Label& label) {
  json.begin_object();
  json.key("id").string(label.id);
  json.key("name").string(label.name);
  json.end_object();
}

void write_file(JsonWriter& json, const Artifact& artifact) {
  json.begin_object();
  json.key("name").string(artifact.name);
  json.key("kind").string(artifact.kind);
  json.key("content_type").string(artifact.content_type);
  json.key("size").integer(static_cast<std::int64_t>(artifact.size));
  json.key("sha256").string(artifact.sha256);
  json.key("url").string(job_path(artifact.job_id) + "/files/" + percent_encode(artifact.name));
  json.end_object();
}

std::string job_path(std::string_view job_id) { return "/api/v1/jobs/" + std::string(job_id); }

}  // namespace vat::api

#include "api/jobs/job_json.h"

#include <cmath>
#include <cstdint>

#include "api/jobs/options_view.h"
#include "api/jobs/time_left.h"

namespace vat::api {
namespace {

double round_to(double value, double steps) { return std::round(value * steps) / steps; }

void write_time(JsonWriter& json, std::string_view key, const std::optional<UtcTime>& time) {
  json.key(key);
  if (time)
    json.string(to_rfc3339(*time));
  else
    json.null();
}

/// Null if the text is empty, which means unknown.
void write_known(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  if (text.empty())
    json.null();
  else
    json.string(text);
}

void write_positive(JsonWriter& json, std::string_view key, double number, double steps) {
  json.key(key);
  if (number > 0)
    json.number(round_to(number, steps));
  else
    json.null();
}

void write_failure(JsonWriter& json, const std::optional<JobFailure>& failure) {
  json.key("error");
  if (!failure) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("code").string(traits(failure->code).name);
  json.key("message").string(failure->message);
  json.key("stage").string(stage_name(failure->stage));
  json.end_object();
}

void write_progress(JsonWriter& json, const Job& job, const JobDetails& details) {
  const JobProgress& progress = details.live ? *details.live : job.progress;
  // The last heartbeat of a completed job came at any stage of it.
  json.key("stage").string(stage_name(job.state == JobState::kCompleted ? last_stage(job) : progress.stage));
  json.key("percent").number(overall_percent(job, progress));
  write_positive(json, "speed", progress.speed, 100);
  json.key("eta_seconds");
  if (details.eta_seconds)
    json.number(std::ceil(*details.eta_seconds));
  else
    json.null();
}

std::string encode_segment(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4U];
    encoded += kHex[byte & 15U];
  }
  return encoded;
}

}  // namespace

JobDetails quick_details(const Services& services, const Job& job) {
  JobDetails details;
  if (job.state != JobState::kProcessing) return details;
  if (services.live_progress) details.live = services.live_progress(job.id);
  details.eta_seconds = running_eta(job, details.live.value_or(job.progress), utc_now());
  return details;
}

Result<JobDetails> find_details(const Services& services, const Job& job) {
  JobDetails details = quick_details(services, job);
  if (job.state == JobState::kQueued || (job.state == JobState::kProcessing && !details.eta_seconds)) {
    VAT_ASSIGN(details.eta_seconds, waiting_eta(services, job, utc_now()));
  }
  // Nothing is made before a worker starts it.
  if (job.state == JobState::kQueued && job.attempt == 0 && !job.transcript_done) return details;
  VAT_ASSIGN(details.files, services.jobs.artifacts(job.user_id, job.id));
  return details;
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
  write_known(json, "engine", job.engine);
  write_known(json, "model", job.model);
  write_known(json, "language", job.language);
  write_positive(json, "duration_seconds", to_seconds(job.duration), 1000);
  json.key("options").raw(options_view(job.options)->shown);
  write_failure(json, job.failure);
  json.key("warnings").begin_array();
  for (const std::string& warning : job.warnings) json.string(warning);
  json.end_array();
  json.key("files").begin_array();
  for (const Artifact& file : details.files) write_file(json, file);
  json.end_array();
  write_known(json, "upload_id", job.upload_id);
  write_known(json, "webhook_url", job.webhook_url);
  json.key("created_at").string(to_rfc3339(job.created_at));
  json.key("updated_at").string(to_rfc3339(job.updated_at));
  write_time(json, "started_at", job.started_at);
  write_time(json, "finished_at", job.finished_at);
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

void write_file(JsonWriter& json, const Artifact& artifact) {
  json.begin_object();
  json.key("name").string(artifact.name);
  json.key("kind").string(artifact.kind);
  json.key("content_type").string(artifact.content_type);
  json.key("size").integer(static_cast<std::int64_t>(artifact.size));
  json.key("url").string(job_path(artifact.job_id) + "/files/" + encode_segment(artifact.name));
  json.end_object();
}

std::string job_path(std::string_view job_id) { return "/api/v1/jobs/" + std::string(job_id); }

}  // namespace vat::api

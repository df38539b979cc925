#include "db/job_changes.h"

#include <optional>
#include <tuple>

#include "base/json_writer.h"
#include "base/uuid.h"
#include "db/job_rows.h"

namespace vat::db {
namespace {

void store_change(Transaction& transaction, const Job& job, const NewLease& lease) {
  const bool running = job.state == JobState::kProcessing;
  const JobFailure failure = job.failure.value_or(JobFailure());
  std::optional<UtcTime> lease_end;
  if (running) lease_end = transaction.lease_now() + lease.length;
  transaction.sql.execute(
      "UPDATE jobs SET state = :state, attempt = :attempt, lost_workers = :lost_workers, "
      "failure_code = :failure_code, failure_message = :failure_message, failure_stage = :failure_stage, "
      "warnings = :warnings, stage = :stage, fraction = :fraction, done = :done, speed = :speed, "
      "started_at = :started_at, finished_at = :finished_at, not_before = :not_before, updated_at = "
      ":updated_at, "
      "lease_token = :lease_token, lease_worker = :lease_worker, lease_millis = :lease_millis, "
      "lease_expires_at = :lease_expires_at WHERE id = :id",
      job_state_name(job.state), job.attempt, job.lost_workers,
      job.failure ? traits(failure.code).name : std::string_view(), failure.message,
      job.failure ? std::string_view(stage_name(failure.stage)) : std::string_view(),
      to_json_array(job.warnings), stage_name(job.progress.stage), job.progress.fraction, job.progress.done,
      job.progress.speed, job.started_at, job.finished_at, job.not_before, job.updated_at,
      running ? lease.token : std::string(), running ? lease.worker : std::string(),
      running ? lease.length : std::chrono::milliseconds(0), lease_end, job.id);
}

/// {"code":...,"message":...,"stage":...}, or null.
void write_failure(JsonWriter& json, const std::optional<JobFailure>& failure) {
  if (!failure) return json.null();
  json.begin_object();
  json.key("code").string(traits(failure->code).name);
  json.key("message").string(failure->message);
  json.key("stage").string(stage_name(failure->stage));
  json.end_object();
}

std::string delivery_payload(const Job& job, const std::string& event, UtcTime now) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("event").string(event);
  json.key("job").begin_object();
  json.key("id").string(job.id);
  json.key("kind").string(job_kind_name(job.kind));
  json.key("state").string(job_state_name(job.state));
  json.key("title").string(job.title);
  json.key("attempt").integer(job.attempt);
  json.key("engine").string(job.engine);
  json.key("model").string(job.model);
  json.key("language").string(job.language);
  json.key("duration_seconds").number(to_seconds(job.duration));
  json.key("created_at").string(to_rfc3339(job.created_at));
  json.key("finished_at").string(to_rfc3339(job.finished_at.value_or(now)));
  write_failure(json.key("error"), job.failure);
  json.end_object();
  json.key("created_at").string(to_rfc3339(now));
  json.end_object();
  return out;
}

/// Matches all events if the webhook names none.
bool wants(const std::string& events, const std::string& event) {
  const std::vector<std::string> names = from_json_array(events);
  if (names.empty()) return true;
  for (const std::string& name : names) {
    if (name == event) return true;
  }
  return false;
}

/// Adds a delivery for every webhook that is subscribed to the job's end.
void add_deliveries(Transaction& transaction, const Job& job) {
  const std::string event = "job." + std::string(job_state_name(job.state));
  const std::string payload = delivery_payload(job, event, transaction.now);
  const auto add = [&](const std::optional<std::string>& webhook_id, const std::string& url) {
    transaction.sql.execute(
        "INSERT INTO webhook_deliveries (id, user_id, webhook_id, url, job_id, event, payload, state, "
        "attempt, status, "
        "error, created_at, next_attempt_at) VALUES (:id, :user_id, :webhook_id, :url, :job_id, :event, "
        ":payload, "
        "'pending', 0, 0, '', :created_at, :next_attempt_at)",
        make_uuid(), job.user_id, webhook_id, url, job.id, event, payload, transaction.now,
        transaction.lease_now());
    transaction.notify(Notification::Kind::kDelivery, job.user_id, job.id);
  };
  const auto webhooks = transaction.sql.rows<std::tuple<std::string, std::string, std::string>>(
      "SELECT id, url, events FROM webhooks WHERE user_id = :user_id ORDER BY id", job.user_id);
  for (const auto& [id, url, events] : webhooks) {
    if (wants(events, event)) add(id, url);
  }
  if (!job.webhook_url.empty()) add(std::nullopt, job.webhook_url);
}

}  // namespace

std::string state_event(const Job& job, bool with_priority) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("state").string(job_state_name(job.state));
  json.key("attempt").integer(job.attempt);
  if (with_priority) json.key("priority").integer(job.priority);
  if (job.failure) write_failure(json.key("error"), job.failure);
  json.end_object();
  return out;
}

bool apply(Transaction& transaction, Job& job, JobAction action, const NewLease& lease) {
  const std::optional<JobState> next = next_state(job.state, action);
  if (!next) return false;
  job.state = *next;
  job.updated_at = transaction.now;
  job.finished_at = is_final(job.state) ? std::optional(transaction.now) : std::nullopt;
  if (job.state != JobState::kQueued) job.not_before.reset();
  if (action == JobAction::kClaim) job.started_at = transaction.now;
  store_change(transaction, job, lease);
  transaction.add_event(job.user_id, job.id, "state", state_event(job));
  if (is_final(job.state)) add_deliveries(transaction, job);
  if (job.state == JobState::kQueued) transaction.notify(Notification::Kind::kQueued, job.user_id, job.id);
  if (action == JobAction::kCancel) transaction.notify(Notification::Kind::kCancel, job.user_id, job.id);
  return true;
}

}  // namespace vat::db

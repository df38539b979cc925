#include "api/admin/admin_json.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace vat::api {
namespace {

std::int64_t as_integer(std::uint64_t number) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
}

/// A limit of 0 is none.
void write_quota(JsonWriter& json, std::uint64_t limit, std::uint64_t used) {
  json.begin_object();
  json.key("limit").integer_or_null(limit == 0 ? std::nullopt : std::optional(as_integer(limit)));
  json.key("used").integer(as_integer(used));
}

}  // namespace

void write_user_members(JsonWriter& json, const User& user) {
  json.key("id").string(user.id);
  json.key("name").string(user.name);
  json.key("email").string_or_null(user.email);
  json.key("role").string(role_name(user.role));
  json.key("disabled").boolean(user.disabled);
  json.key("created_at").string(to_rfc3339(user.created_at));
}

void write_own_quotas(JsonWriter& json, const OwnQuotas& quotas) {
  const auto number = [](const auto& value) {
    return value ? std::optional(as_integer(static_cast<std::uint64_t>(*value))) : std::nullopt;
  };
  json.begin_object();
  json.key("stored_bytes").integer_or_null(number(quotas.stored_bytes));
  json.key("sound_minutes")
      .integer_or_null(quotas.sound_per_month ? std::optional<std::int64_t>(quotas.sound_per_month->count())
                                              : std::nullopt);
  json.key("waiting_jobs").integer_or_null(number(quotas.waiting_jobs));
  json.end_object();
}

void write_allowance(JsonWriter& json, const Allowance& allowance, std::size_t max_running_jobs) {
  const auto& [quotas, usage] = allowance;
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(usage.sound_this_month).count();
  json.begin_object();
  write_quota(json.key("stored_bytes"), quotas.stored_bytes, usage.stored_bytes);
  json.end_object();
  write_quota(json.key("sound_minutes"), static_cast<std::uint64_t>(quotas.sound_per_month.count()),
              static_cast<std::uint64_t>(minutes));
  json.key("resets_at").string(to_rfc3339(usage.month_ends));
  json.end_object();
  write_quota(json.key("waiting_jobs"), quotas.waiting_jobs, usage.waiting_jobs);
  json.end_object();
  write_quota(json.key("running_jobs"), max_running_jobs, usage.running_jobs);
  json.end_object();
  json.end_object();
}

void write_job_summary(JsonWriter& json, const JobSummary& job) {
  json.begin_object();
  json.key("id").string(job.id);
  json.key("user_id").string(job.user_id);
  json.key("kind").string(job_kind_name(job.kind));
  json.key("state").string(job_state_name(job.state));
  json.key("stage").string(stage_name(job.stage));
  json.key("attempt").integer(job.attempt);
  json.key("priority").integer(job.priority);
  json.key("engine").string_or_null(job.engine);
  json.key("model").string_or_null(job.model);
  json.key("duration_seconds")
      .number_or_null(job.duration.count() > 0 ? std::optional(to_seconds(job.duration)) : std::nullopt);
  json.key("error_code").string_or_null(job.failure_code);
  json.key("created_at").string(to_rfc3339(job.created_at));
  json.key("started_at").string_or_null(to_rfc3339(job.started_at));
  json.key("finished_at").string_or_null(to_rfc3339(job.finished_at));
  json.end_object();
}

namespace {

void write_point(JsonWriter& json, const FigurePoint& point) {
  json.begin_object();
  json.key("at").string(to_rfc3339(point.at));
  json.key("seconds").number(to_seconds(point.length));
  json.key("requests").integer(as_integer(point.requests));
  json.key("failed").integer(as_integer(point.failed));
  json.key("median_seconds").number_or_null(point.median);
  json.key("slow_seconds").number_or_null(point.slow);
  json.key("waiting").integer(as_integer(point.waiting));
  json.key("running").integer(as_integer(point.running));
  json.key("resident_bytes").integer(as_integer(point.resident_bytes));
  json.key("cpu").number(point.cpu);
  json.end_object();
}

void write_check(JsonWriter& json, const CheckState& check) {
  json.begin_object();
  json.key("name").string(check.name);
  json.key("vital").boolean(check.vital);
  json.key("ok").boolean(check.ok);
  json.key("message").string_or_null(check.message);
  json.key("since").string(to_rfc3339(check.since));
  json.end_object();
}

void write_models(JsonWriter& json, const InstanceView& view) {
  json.begin_object();
  json.key("loaded").array(view.models, [&](const LoadedModel& model) {
    json.begin_object();
    json.key("name").string(model.name);
    json.key("engine").string(model.engine);
    json.key("bytes").integer(as_integer(model.bytes));
    json.end_object();
  });
  json.key("bytes").integer(as_integer(view.model_use.bytes));
  json.key("max_bytes").integer(as_integer(view.model_use.max_bytes));
  json.key("waiting").integer(as_integer(view.model_use.waiting));
  json.end_object();
}

}  // namespace

void write_instance(JsonWriter& json, const InstanceView& view) {
  json.begin_object();
  json.key("name").string(view.name);
  json.key("version").string(view.version);
  json.key("started_at").string(to_rfc3339(view.started_at));
  json.key("checks").array(view.checks, [&](const CheckState& check) { write_check(json, check); });
  write_models(json.key("models"), view);
  json.key("points").array(view.points, [&](const FigurePoint& point) { write_point(json, point); });
  json.end_object();
}

void write_worker(JsonWriter& json, const std::string& name, bool here, int max_jobs,
                  std::span<const WorkedJob> jobs) {
  json.begin_object();
  json.key("name").string(name);
  json.key("here").boolean(here);
  json.key("max_jobs").integer_or_null(max_jobs > 0 ? std::optional<std::int64_t>(max_jobs) : std::nullopt);
  json.key("jobs").array(jobs, [&](const WorkedJob& work) {
    json.begin_object();
    json.key("id").string(work.job.id);
    json.key("user_id").string(work.job.user_id);
    json.key("kind").string(job_kind_name(work.job.kind));
    json.key("stage").string(stage_name(work.job.stage));
    json.key("stage_percent").number(work.fraction * 100);
    json.key("attempt").integer(work.job.attempt);
    json.key("model").string_or_null(work.job.model);
    json.key("started_at").string_or_null(to_rfc3339(work.job.started_at));
    json.end_object();
  });
  json.end_object();
}

void write_audit_entry(JsonWriter& json, const AuditEntry& entry) {
  json.begin_object();
  json.key("id").integer(entry.id);
  json.key("at").string(to_rfc3339(entry.at));
  json.key("actor_id").string(entry.actor_id);
  json.key("action").string(entry.action);
  json.key("subject").string_or_null(entry.subject);
  json.key("address").string_or_null(entry.address);
  json.key("detail").string_or_null(entry.detail);
  json.end_object();
}

}  // namespace vat::api

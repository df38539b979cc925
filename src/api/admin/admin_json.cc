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

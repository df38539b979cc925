#include "db/sql_job_queue.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/uuid.h"
#include "db/checkpoint.h"
#include "db/job_rows.h"
#include "db/lease.h"
#include "db/object_use.h"
#include "db/transcript_rows.h"

namespace vat::db {
namespace {

using std::chrono::milliseconds;

/// Doubles with each attempt, from 2 s to 5 min.
milliseconds pause_after(int attempt) {
  constexpr milliseconds kFirst = std::chrono::seconds(2);
  constexpr milliseconds kLongest = std::chrono::minutes(5);
  return std::min<milliseconds>(kLongest, kFirst * (1LL << std::clamp(attempt - 1, 0, 16)));
}

/// As the checks of the table want it: a stage of unknown length has no fraction.
JobProgress bounded(JobProgress progress) {
  const auto mend = [](double value, double highest) {
    return std::isfinite(value) ? std::clamp(value, 0.0, highest) : 0.0;
  };
  progress.fraction = mend(progress.fraction, 1);
  progress.speed = mend(progress.speed, 1e9);
  progress.done = std::max(progress.done, Millis(0));
  return progress;
}

std::string artifact_event(const Artifact& artifact) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("name").string(artifact.name);
  json.key("kind").string(artifact.kind);
  json.key("content_type").string(artifact.content_type);
  json.key("size").integer(static_cast<std::int64_t>(artifact.size));
  json.key("sha256").string(artifact.sha256);
  json.end_object();
  return out;
}

}  // namespace

Result<LeaseState> SqlJobQueue::heartbeat(const Lease& lease, const JobProgress& progress) {
  if (!is_uuid(lease.job_id) || lease.token.empty()) return LeaseState::kLost;
  return access_.write([&](Transaction& transaction) -> Result<LeaseState> {
    const JobProgress now = bounded(progress);
    const auto user = transaction.sql.row<std::string>(
        "UPDATE jobs SET stage = :stage, fraction = :fraction, done = :done, speed = :speed, updated_at = "
        ":updated_at, "
        "lease_expires_at = lease_millis + :now WHERE id = :id AND lease_token = :token RETURNING user_id",
        stage_name(now.stage), now.fraction, now.done, now.speed, transaction.now, transaction.now,
        lease.job_id, lease.token);
    if (user) {
      transaction.notify(Notice::Kind::kProgress, *user, lease.job_id);
      return LeaseState::kHeld;
    }
    const auto state =
        transaction.sql.row<std::string>("SELECT state FROM jobs WHERE id = :id", lease.job_id);
    return state == job_state_name(JobState::kCancelled) ? LeaseState::kCancelled : LeaseState::kLost;
  });
}

Result<> SqlJobQueue::describe(const Lease& lease, const Facts& facts) {
  return access_.write([&](Transaction& transaction) -> Result<> {
    VAT_ASSIGN(const FullJobRow row, lock_leased(transaction, lease));
    const auto known = [](const std::string& fact, const std::string& before) {
      return fact.empty() ? before : fact;
    };
    transaction.sql.execute(
        "UPDATE jobs SET engine = :engine, model = :model, language = :language, duration = :duration, "
        "updated_at = :updated_at WHERE id = :id",
        known(facts.engine, row.engine), known(facts.model, row.model), known(facts.language, row.language),
        facts.duration > Millis(0) ? facts.duration : Millis(row.duration), transaction.now, lease.job_id);
    transaction.notify(Notice::Kind::kProgress, row.user_id, lease.job_id);
    return {};
  });
}

Result<> SqlJobQueue::add_events(const Lease& lease,
                                 const std::vector<std::pair<std::string, std::string>>& type_and_data) {
  if (type_and_data.empty()) return {};
  return access_.write([&](Transaction& transaction) -> Result<> {
    VAT_ASSIGN(const std::string user, lock_lease(transaction, lease));
    for (const auto& [type, data] : type_and_data) transaction.add_event(user, lease.job_id, type, data);
    return {};
  });
}

Result<> SqlJobQueue::save_transcript(const Lease& lease, const Transcript& transcript) {
  VAT_TRY(check_times(transcript));
  return access_.write([&](Transaction& transaction) -> Result<> {
    VAT_ASSIGN(const std::string user, lock_lease(transaction, lease));
    transaction.sql.execute("DELETE FROM transcripts WHERE job_id = :job_id", lease.job_id);
    add_revision(transaction, user, lease.job_id, {.number = 1, .created_at = transaction.now}, transcript);
    transaction.sql.execute("UPDATE jobs SET transcript_done = 1, updated_at = :updated_at WHERE id = :id",
                            transaction.now, lease.job_id);
    return {};
  });
}

Result<std::string> SqlJobQueue::save_artifact(const Lease& lease, const Artifact& artifact) {
  return access_.write([&](Transaction& transaction) -> Result<std::string> {
    VAT_ASSIGN(const std::string user, lock_lease(transaction, lease));
    const auto replaced = transaction.sql.row<std::string>(
        "DELETE FROM artifacts WHERE job_id = :job_id AND name = :name RETURNING object_key", lease.job_id,
        artifact.name);
    transaction.sql.execute(
        "INSERT INTO artifacts (id, job_id, name, kind, content_type, size, sha256, object_key, created_at) "
        "VALUES "
        "(:id, :job_id, :name, :kind, :content_type, :size, :sha256, :object_key, :created_at)",
        is_uuid(artifact.id) ? artifact.id : make_uuid(), lease.job_id, artifact.name, artifact.kind,
        artifact.content_type, artifact.size, artifact.sha256, artifact.object_key, transaction.now);
    transaction.add_event(user, lease.job_id, "artifact", artifact_event(artifact));
    if (!replaced) return std::string();
    const auto unused = unused_objects(transaction, {*replaced});
    return unused.empty() ? std::string() : unused.front();
  });
}

Result<> SqlJobQueue::complete(const Lease& lease, const std::vector<std::string>& warnings) {
  return access_.write([&](Transaction& transaction) -> Result<> {
    VAT_ASSIGN(const FullJobRow row, lock_leased(transaction, lease));
    Job job = row.job();
    job.failure.reset();
    job.warnings = warnings;
    job.progress.fraction = 1;
    (void)apply(transaction, job, JobAction::kComplete);
    return {};
  });
}

Result<> SqlJobQueue::fail_job(const Lease& lease, const JobFailure& failure, bool retryable) {
  return access_.write([&](Transaction& transaction) -> Result<> {
    VAT_ASSIGN(const FullJobRow row, lock_leased(transaction, lease));
    Job job = row.job();
    job.failure = failure;
    if (retryable && job.attempt < access_.limits().max_attempts) {
      job.not_before = transaction.now + pause_after(job.attempt);
      (void)apply(transaction, job, JobAction::kPostpone);
    } else {
      (void)apply(transaction, job, JobAction::kFail);
    }
    return {};
  });
}

Result<> SqlJobQueue::release(const Lease& lease) {
  return access_.write([&](Transaction& transaction) -> Result<> {
    VAT_ASSIGN(const FullJobRow row, lock_leased(transaction, lease));
    Job job = row.job();
    job.attempt = std::max(0, job.attempt - 1);
    (void)apply(transaction, job, JobAction::kPostpone);
    return {};
  });
}

Result<std::unique_ptr<CheckpointStore>> SqlJobQueue::checkpoint(const Lease& lease,
                                                                 const std::string& identity) {
  const auto taken = access_.write([&](Transaction& transaction) -> Result<> {
    VAT_TRY(lock_lease(transaction, lease));
    const bool changed = transaction.sql.execute(
                             "UPDATE jobs SET checkpoint_identity = :identity WHERE id = :id AND "
                             "checkpoint_identity <> :other",
                             identity, lease.job_id, identity) > 0;
    if (changed) transaction.sql.execute("DELETE FROM chunks WHERE job_id = :job_id", lease.job_id);
    return {};
  });
  if (!taken) return fail(taken.error());
  return make_checkpoint(access_, lease);
}

Result<QueueDepth> SqlJobQueue::depth() {
  return access_.read([&](Connection& sql) -> Result<QueueDepth> {
    using Row = std::tuple<long long, long long>;
    const Row queued =
        sql.row<Row>("SELECT COUNT(*), COALESCE(MIN(created_at), -1) FROM jobs WHERE state = 'queued'")
            .value_or(Row(0, kNoTime));
    const auto processing =
        sql.row<long long>(
               "SELECT COUNT(*) FROM jobs WHERE state = 'processing' AND lease_expires_at IS NOT NULL")
            .value_or(0);
    return QueueDepth{.queued = static_cast<std::uint64_t>(std::get<0>(queued)),
                      .processing = static_cast<std::uint64_t>(processing),
                      .oldest_queued = time_of(std::get<1>(queued))};
  });
}

Result<std::vector<std::uint64_t>> SqlJobQueue::count_by_state() {
  return access_.read([&](Connection& sql) -> Result<std::vector<std::uint64_t>> {
    std::vector<std::uint64_t> counts(static_cast<std::size_t>(JobState::kCancelled) + 1);
    sql.each<std::tuple<std::string, long long>>(
        "SELECT state, COUNT(*) FROM jobs GROUP BY state", [&](const auto& row) {
          const auto state = parse_job_state(std::get<0>(row));
          if (state)
            counts.at(static_cast<std::size_t>(*state)) = static_cast<std::uint64_t>(std::get<1>(row));
        });
    return counts;
  });
}

Result<Millis> SqlJobQueue::waiting_ahead(const std::string& job_id) {
  if (!is_uuid(job_id)) return no_such_job();
  return access_.read([&](Connection& sql) -> Result<Millis> {
    const auto job = sql.row<std::tuple<std::string, long long>>(
        "SELECT state, priority FROM jobs WHERE id = :id", job_id);
    if (!job) return no_such_job();
    const auto& [state, priority] = *job;
    if (state != job_state_name(JobState::kQueued)) return Millis(0);
    const auto queued = sql.row<long long>(
        "SELECT CAST(COALESCE(SUM(CASE WHEN duration = 0 THEN 60000 ELSE duration END), 0) AS BIGINT) FROM "
        "jobs "
        "WHERE state = 'queued' AND (priority > :higher OR (priority = :same AND id < :id))",
        priority, priority, job_id);
    // Of what runs, the part that recognition has not heard yet; the stages after it are short.
    const auto running = sql.row<long long>(
        "SELECT CAST(COALESCE(SUM(CASE WHEN stage NOT IN ('prepare', 'transcribe') THEN 0 WHEN duration = 0 "
        "THEN 60000 "
        "WHEN done > duration THEN 0 ELSE duration - done END), 0) AS BIGINT) FROM jobs WHERE state = "
        "'processing'");
    return Millis(queued.value_or(0) + running.value_or(0));
  });
}

}  // namespace vat::db

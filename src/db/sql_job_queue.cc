#include "db/sql_job_queue.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "base/uuid.h"
#include "db/job_changes.h"
#include "db/job_rows.h"
#include "db/late_owner.h"
#include "db/quota_check.h"

namespace vat::db {
namespace {

using std::chrono::milliseconds;

constexpr int kClaimLock = 0x7661'7403;

constexpr milliseconds kMaxPause = std::chrono::minutes(5);

/// Doubles with each attempt, from 2 s to 5 min.
milliseconds pause_after(int attempt) {
  constexpr milliseconds kFirst = std::chrono::seconds(2);
  return std::min<milliseconds>(kMaxPause, kFirst * (1LL << std::clamp(attempt - 1, 0, 16)));
}

/// As the table's constraints require: a stage of unknown length has no fraction.
JobProgress bounded(JobProgress progress) {
  const auto mend = [](double value, double highest) {
    return std::isfinite(value) ? std::clamp(value, 0.0, highest) : 0.0;
  };
  progress.fraction = mend(progress.fraction, 1);
  progress.speed = mend(progress.speed, 1e9);
  progress.done = std::max(progress.done, Millis(0));
  return progress;
}

/// Serialises claims, so that `max_per_user` holds across all workers. It lasts milliseconds.
void lock_claims(Transaction& transaction) {
  if (transaction.sql.sqlite()) return;
  transaction.sql.row<std::string>(
      "SELECT CAST(pg_advisory_xact_lock(CAST(:class AS INTEGER), CAST(:zero AS INTEGER)) AS TEXT)",
      kClaimLock, 0);
}

/// `hint` names the index of the waiting jobs where the planner would otherwise use another one.
std::string make_claim_statement(const std::string& hint) {
  // The users with a queued job, each found by one step through the index.
  return "WITH RECURSIVE waiting (user_id) AS ("
         "SELECT * FROM (SELECT user_id FROM jobs" +
         hint +
         " WHERE state = 'queued' ORDER BY user_id LIMIT 1) AS first_user "
         "UNION ALL SELECT (SELECT j.user_id FROM jobs j" +
         hint +
         " WHERE j.state = 'queued' AND j.user_id > w.user_id ORDER BY j.user_id LIMIT 1) "
         "FROM waiting w WHERE w.user_id IS NOT NULL), "
         // The best job of each, and how many of that user's jobs run.
         "candidates (id, running) AS ("
         "SELECT (SELECT j.id FROM jobs j" +
         hint +
         " WHERE j.state = 'queued' AND j.user_id = w.user_id AND (j.not_before IS NULL OR j.not_before <= "
         ":now OR j.not_before > :latest) "
         "ORDER BY j.priority DESC, j.id LIMIT 1), "
         "(SELECT COUNT(*) FROM jobs r WHERE r.user_id = w.user_id AND r.state = 'processing') "
         "FROM waiting w WHERE w.user_id IS NOT NULL) "
         "SELECT j.id FROM candidates c JOIN jobs j ON j.id = c.id WHERE c.running < :max_running "
         "ORDER BY j.priority DESC, c.running, j.id LIMIT 1";
}

/// Finds the job to claim: arguments are the time, the end of the longest pause that can begin now (one that
/// ends later was begun before the clock was set back), and the maximum of running jobs per user. It looks at
/// one job of each waiting user, not at all waiting jobs.
const std::string& next_job_statement(Engine engine) {
  static const std::string kSqlite = make_claim_statement(" INDEXED BY jobs_waiting_of_user");
  static const std::string kPostgresql = make_claim_statement("");
  return engine == Engine::kSqlite ? kSqlite : kPostgresql;
}

/// The best job that is still queued once its row is locked.
std::optional<FullJobRow> lock_next_job(Transaction& transaction, const ClaimRequest& request) {
  constexpr int kMaxTries = 5;
  for (int i = 0; i < kMaxTries; ++i) {
    const auto id = transaction.sql.row<std::string>(
        next_job_statement(transaction.sql.engine()), transaction.lease_now(),
        transaction.lease_now() + kMaxPause, request.max_per_user);
    if (!id) return std::nullopt;
    // Its user may be cancelling it; this waits for the end of that transaction, and the next query finds the
    // next job.
    auto row = transaction.sql.row<FullJobRow>(
        select_full_jobs() + "WHERE id = :id AND state = 'queued'" + transaction.sql.for_update(), *id);
    if (row) return row;
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<ClaimedJob>> SqlJobQueue::claim(const ClaimRequest& request) {
  using Claimed = std::optional<ClaimedJob>;
  return access_.write([&](Transaction& transaction) -> Result<Claimed> {
    lock_claims(transaction);
    end_expired_leases(transaction, access_.limits(), request.held);
    const auto row = lock_next_job(transaction, request);
    if (!row) return Claimed();
    ClaimedJob claimed{row->job(), {row->id, random_token(24)}, {}};
    ++claimed.job.attempt;
    (void)apply(transaction, claimed.job, JobAction::kClaim,
                {claimed.lease.token, request.worker, request.lease});
    if (!row->upload_id.empty()) {
      claimed.upload_key =
          transaction.sql.row<std::string>("SELECT object_key FROM uploads WHERE id = :id", row->upload_id)
              .value_or("");
    }
    return Claimed(std::move(claimed));
  });
}

Result<LeaseState> SqlJobQueue::heartbeat(const Lease& lease, const JobProgress& progress) {
  if (!is_uuid(lease.job_id) || lease.token.empty()) return LeaseState::kLost;
  return access_.write([&](Transaction& transaction) -> Result<LeaseState> {
    const JobProgress now = bounded(progress);
    const auto user = transaction.sql.row<std::string>(
        "UPDATE jobs SET stage = :stage, fraction = :fraction, done = :done, speed = :speed, updated_at = "
        ":updated_at, "
        "lease_expires_at = lease_millis + :now WHERE id = :id AND lease_token = :token RETURNING user_id",
        stage_name(now.stage), now.fraction, now.done, now.speed, transaction.now, transaction.lease_now(),
        lease.job_id, lease.token);
    if (user) {
      transaction.notify(Notification::Kind::kProgress, *user, lease.job_id);
      return LeaseState::kHeld;
    }
    const LateReturn late = return_late(transaction, lease);
    if (late == LateReturn::kTakenBack) return LeaseState::kReturned;
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
    const std::string title = to_utf8(known(facts.title, row.title));
    transaction.sql.execute(
        "UPDATE jobs SET engine = :engine, model = :model, language = :language, duration = :duration, "
        "title = :title, title_folded = :title_folded, updated_at = :updated_at WHERE id = :id",
        known(facts.engine, row.engine), known(facts.model, row.model), known(facts.language, row.language),
        facts.duration > Millis(0) ? facts.duration : Millis(row.duration), title, fold_case(title),
        transaction.now, lease.job_id);
    if (row.duration == 0 && facts.duration > Millis(0) && !row.upload_id.empty())
      count_sound(transaction, row.user_id, facts.duration);
    transaction.notify(Notification::Kind::kProgress, row.user_id, lease.job_id);
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
      job.not_before = transaction.lease_now() + pause_after(job.attempt);
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

Result<QueuePlaces> SqlJobQueue::places(const std::string& user_id) {
  if (!is_uuid(user_id)) return QueuePlaces();
  return access_.read([&](Connection& sql) -> Result<QueuePlaces> {
    QueuePlaces found;
    sql.each<std::tuple<std::string, long long>>(
        "SELECT id, place FROM (SELECT id, user_id, ROW_NUMBER() OVER (ORDER BY priority DESC, id) AS place "
        "FROM (SELECT id, user_id, priority FROM jobs WHERE state = 'queued' ORDER BY priority DESC, id "
        "LIMIT "
        ":most) AS first_ones) AS line WHERE user_id = :user_id",
        [&](const auto& row) {
          found.places.emplace(std::get<0>(row), static_cast<std::uint64_t>(std::get<1>(row)));
        },
        kMaxQueuePlaces, user_id);
    const auto running = sql.row<long long>(
        "SELECT COUNT(*) FROM jobs WHERE user_id = :user_id AND state = 'processing'", user_id);
    found.running = static_cast<std::uint64_t>(running.value_or(0));
    return found;
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
    // For running jobs, the part that is not recognised yet; the stages after it are short.
    const auto running = sql.row<long long>(
        "SELECT CAST(COALESCE(SUM(CASE WHEN stage NOT IN ('fetch', 'prepare', 'transcribe') THEN 0 WHEN "
        "duration = 0 "
        "THEN 60000 "
        "WHEN done > duration THEN 0 ELSE duration - done END), 0) AS BIGINT) FROM jobs WHERE state = "
        "'processing'");
    return Millis(queued.value_or(0) + running.value_or(0));
  });
}

}  // namespace vat::db

#include "db/claim.h"

#include <utility>

#include "base/random.h"
#include "base/uuid.h"
#include "db/job_rows.h"
#include "db/sql_job_queue.h"

namespace vat::db {
namespace {

constexpr int kClaimLock = 0x7661'7403;
constexpr int kMaxExpired = 50;

/// Claims follow one another, so that `max_per_user` holds among all workers. It lasts milliseconds.
void lock_claims(Transaction& transaction) {
  if (transaction.sql.sqlite()) return;
  transaction.sql.row<std::string>(
      "SELECT CAST(pg_advisory_xact_lock(CAST(:class AS INTEGER), CAST(:zero AS INTEGER)) AS TEXT)",
      kClaimLock, 0);
}

/// Gives back, or sets aside, a job whose worker does not live any more.
void end_lease(Transaction& transaction, Job job, const QueueLimits& limits) {
  ++job.lost_workers;
  if (job.lost_workers < limits.max_lost_workers) {
    (void)apply(transaction, job, JobAction::kLose);
    return;
  }
  job.failure = JobFailure{ErrorCode::kInternal,
                           "The program ended " + std::to_string(job.lost_workers) +
                               " times while it worked on this job, so the job was set aside.",
                           job.progress.stage};
  (void)apply(transaction, job, JobAction::kSetAside);
}

void end_expired_leases(Transaction& transaction, const QueueLimits& limits) {
  static const std::string kSql = select_full_jobs() +
                                  "WHERE state = 'processing' AND lease_expires_at <= :now "
                                  "ORDER BY lease_expires_at LIMIT :most";
  // A row that somebody holds is being ended, or renewed, just now.
  const auto expired = transaction.sql.rows<FullJobRow>(
      transaction.sql.sqlite() ? kSql : kSql + " FOR UPDATE SKIP LOCKED", transaction.now, kMaxExpired);
  for (const FullJobRow& row : expired) end_lease(transaction, row.job(), limits);
}

/// The best job that is still queued once its row is locked.
std::optional<FullJobRow> lock_next_job(Transaction& transaction, const ClaimRequest& request) {
  constexpr int kMaxTries = 5;
  for (int i = 0; i < kMaxTries; ++i) {
    const auto id = transaction.sql.row<std::string>(next_job_statement(transaction.sql.engine()),
                                                     transaction.now, request.max_per_user);
    if (!id) return std::nullopt;
    // Its user may have cancelled it meanwhile; this waits for the end of that transaction, and the next look
    // finds the next job.
    auto row = transaction.sql.row<FullJobRow>(
        select_full_jobs() + "WHERE id = :id AND state = 'queued'" + transaction.sql.for_update(), *id);
    if (row) return row;
  }
  return std::nullopt;
}

/// `hint` names the index of what waits where the planner would rather read all jobs by another one.
std::string make_statement(const std::string& hint) {
  // The users that have a queued job, each found by one step through the index.
  return "WITH RECURSIVE waiting (user_id) AS ("
         "SELECT * FROM (SELECT user_id FROM jobs" +
         hint +
         " WHERE state = 'queued' ORDER BY user_id LIMIT 1) AS first_user "
         "UNION ALL SELECT (SELECT j.user_id FROM jobs j" +
         hint +
         " WHERE j.state = 'queued' AND j.user_id > w.user_id ORDER BY j.user_id LIMIT 1) "
         "FROM waiting w WHERE w.user_id IS NOT NULL), "
         // The best job of each, and how many of its jobs run.
         "candidates (id, running) AS ("
         "SELECT (SELECT j.id FROM jobs j" +
         hint +
         " WHERE j.state = 'queued' AND j.user_id = w.user_id AND (j.not_before IS NULL OR j.not_before <= "
         ":now) "
         "ORDER BY j.priority DESC, j.id LIMIT 1), "
         "(SELECT COUNT(*) FROM jobs r WHERE r.user_id = w.user_id AND r.state = 'processing') "
         "FROM waiting w WHERE w.user_id IS NOT NULL) "
         "SELECT j.id FROM candidates c JOIN jobs j ON j.id = c.id WHERE c.running < :most "
         "ORDER BY j.priority DESC, c.running, j.id LIMIT 1";
}

}  // namespace

const std::string& next_job_statement(Engine engine) {
  static const std::string kSqlite = make_statement(" INDEXED BY jobs_waiting_of_user");
  static const std::string kPostgresql = make_statement("");
  return engine == Engine::kSqlite ? kSqlite : kPostgresql;
}

Result<std::optional<ClaimedJob>> SqlJobQueue::claim(const ClaimRequest& request) {
  using Claimed = std::optional<ClaimedJob>;
  return access_.write([&](Transaction& transaction) -> Result<Claimed> {
    lock_claims(transaction);
    end_expired_leases(transaction, access_.limits());
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

}  // namespace vat::db

#include "db/late_owner.h"

#include <algorithm>
#include <tuple>

#include "db/job_changes.h"
#include "db/job_rows.h"

namespace vat::db {
namespace {

constexpr int kMaxExpired = 50;

/// Who held a lease and for how long, which a returning owner gets again.
NewLease read_lease(Transaction& transaction, const std::string& job_id, std::string token) {
  using Row = std::tuple<std::string, long long>;
  const auto [worker, millis] =
      transaction.sql.row<Row>("SELECT lease_worker, lease_millis FROM jobs WHERE id = :id", job_id)
          .value_or(Row());
  return {std::move(token), worker, std::chrono::milliseconds(millis)};
}

/// Releases a job whose worker has died, or marks it as failed.
void end_lease(Transaction& transaction, const FullJobRow& row, const QueueLimits& limits) {
  Job job = row.job();
  const NewLease lease = read_lease(transaction, job.id, row.lease_token);
  ++job.lost_workers;
  if (job.lost_workers < limits.max_lost_workers) {
    (void)apply(transaction, job, JobAction::kLose);
  } else {
    job.failure = JobFailure{ErrorCode::kInternal,
                             "The program ended " + std::to_string(job.lost_workers) +
                                 " times while it worked on this job, so the job was marked as failed.",
                             job.progress.stage};
    (void)apply(transaction, job, JobAction::kSetAside);
  }
  transaction.sql.execute(
      "UPDATE jobs SET lost_token = :token, lease_worker = :worker, lease_millis = :millis WHERE id = :id",
      lease.token, lease.worker, lease.length, job.id);
}

void renew(Transaction& transaction, const std::string& job_id) {
  transaction.sql.execute("UPDATE jobs SET lease_expires_at = lease_millis + :now WHERE id = :id",
                          transaction.lease_now(), job_id);
}

/// A lease that ends later than a new one would was given before the clock was set back, or by the previous
/// boot: it counts from now.
void shorten_leases(Transaction& transaction) {
  transaction.sql.execute(
      "UPDATE jobs SET lease_expires_at = lease_millis + :now WHERE state = 'processing' AND "
      "lease_expires_at > lease_millis + :later",
      transaction.lease_now(), transaction.lease_now());
}

}  // namespace

void end_expired_leases(Transaction& transaction, const QueueLimits& limits, const std::vector<Lease>& held) {
  static const std::string kSql = select_full_jobs() +
                                  "WHERE state = 'processing' AND lease_expires_at <= :now "
                                  "ORDER BY lease_expires_at LIMIT :limit";
  shorten_leases(transaction);
  // A row that is locked is just being finished or renewed.
  const auto expired =
      transaction.sql.rows<FullJobRow>(transaction.sql.sqlite() ? kSql : kSql + " FOR UPDATE SKIP LOCKED",
                                       transaction.lease_now(), kMaxExpired);
  for (const FullJobRow& row : expired) {
    const bool alive = std::any_of(held.begin(), held.end(),
                                   [&](const Lease& lease) { return lease.token == row.lease_token; });
    if (alive)
      renew(transaction, row.id);
    else
      end_lease(transaction, row, limits);
  }
}

LateReturn return_late(Transaction& transaction, const Lease& lease) {
  static const std::string kSql = select_full_jobs() + "WHERE id = :id AND lost_token = :token";
  const auto row =
      transaction.sql.row<FullJobRow>(kSql + transaction.sql.for_update(), lease.job_id, lease.token);
  if (!row) return LateReturn::kUnknown;
  Job job = row->job();
  job.lost_workers = std::max(0, job.lost_workers - 1);
  if (job.state == JobState::kQueued) {
    (void)apply(transaction, job, JobAction::kClaim, read_lease(transaction, job.id, lease.token));
    transaction.sql.execute("UPDATE jobs SET lost_token = '' WHERE id = :id", job.id);
    return LateReturn::kTakenBack;
  }
  if (job.state != JobState::kProcessing) return LateReturn::kUnknown;
  transaction.sql.execute(
      "UPDATE jobs SET lost_workers = :lost_workers, attempt = :attempt, lost_token = '' WHERE id = :id",
      job.lost_workers, std::max(1, job.attempt - 1), job.id);
  return LateReturn::kTooLate;
}

}  // namespace vat::db

#include "db/sql_account_store.h"

#include <array>
#include <string_view>
#include <utility>

#include "base/uuid.h"
#include "db/housekeeping.h"
#include "db/job_changes.h"
#include "db/job_removal.h"
#include "domain/user.h"

namespace vat::db {
namespace {

/// What a user has besides jobs and uploads. Rows of a user who is removed go with them.
constexpr std::array<std::string_view, 9> kBelongings = {
    "DELETE FROM webhook_deliveries WHERE user_id = :user_id",
    "DELETE FROM webhooks WHERE user_id = :user_id",
    "DELETE FROM events WHERE user_id = :user_id",
    "DELETE FROM idempotency_keys WHERE user_id = :user_id",
    "DELETE FROM api_keys WHERE user_id = :user_id",
    "DELETE FROM labels WHERE user_id = :user_id",
    "DELETE FROM lexicons WHERE user_id = :user_id",
    "DELETE FROM preferences WHERE user_id = :user_id",
    "DELETE FROM user_retention WHERE user_id = :user_id"};

}  // namespace

Result<RemovedJobs> SqlAccountStore::remove_jobs(const std::string& user_id, std::size_t limit) {
  if (!is_uuid(user_id)) return RemovedJobs();
  return access_.write_to_delete([&](Transaction& transaction) -> Result<RemovedJobs> {
    lock_content(transaction, user_id);
    RemovedJobs removed;
    const auto ids = transaction.sql.rows<std::string>(
        "SELECT id FROM jobs WHERE user_id = :user_id ORDER BY id LIMIT :limit", user_id, limit);
    for (const std::string& id : ids) {
      VAT_ASSIGN(const FullJobRow row, lock_job(transaction, user_id, id));
      Job job = row.job();
      if (!is_final(job.state)) (void)apply(transaction, job, JobAction::kCancel);
      remove_job_rows(transaction, row, removed.object_keys);
    }
    removed.jobs = ids.size();
    removed.more = ids.size() == limit;
    removed.object_keys = unused_objects(transaction, std::move(removed.object_keys));
    return removed;
  });
}

Result<std::vector<std::string>> SqlAccountStore::remove_account(const std::string& user_id) {
  using Keys = std::vector<std::string>;
  if (!is_uuid(user_id)) return Keys();
  return access_.write_to_delete([&](Transaction& transaction) -> Result<Keys> {
    lock_content(transaction, user_id);
    Connection& sql = transaction.sql;
    Keys keys = sql.rows<std::string>(
        "SELECT a.object_key FROM jobs j JOIN artifacts a ON a.job_id = j.id WHERE j.user_id = :user_id",
        user_id);
    for (std::string& key : sql.rows<std::string>(
             "SELECT object_key FROM uploads WHERE user_id = :user_id AND object_key <> ''", user_id))
      keys.push_back(std::move(key));
    // SQLite's search index follows the segments, not the jobs.
    sql.execute(
        "DELETE FROM transcript_segments WHERE job_id IN (SELECT id FROM jobs WHERE user_id = :user_id)",
        user_id);
    sql.execute("DELETE FROM jobs WHERE user_id = :user_id", user_id);
    sql.execute("DELETE FROM uploads WHERE user_id = :user_id", user_id);
    for (const std::string_view statement : kBelongings) sql.execute(statement, user_id);
    if (user_id != kLocalUserId) sql.execute("DELETE FROM users WHERE id = :id", user_id);
    return unused_objects(transaction, std::move(keys));
  });
}

}  // namespace vat::db

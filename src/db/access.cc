#include "db/access.h"

#include <algorithm>
#include <set>

namespace vat::db {
namespace {

/// First half of the key of an advisory lock; the second is a hash of the user.
constexpr int kEventsLock = 0x7661'7401;

}  // namespace

void Transaction::add_event(const std::string& user_id, const std::string& job_id, std::string type,
                            std::string data) {
  events_.push_back({user_id, job_id, std::move(type), std::move(data)});
  notify(Notification::Kind::kEvent, user_id, job_id);
}

void Transaction::notify(Notification::Kind kind, const std::string& user_id, const std::string& job_id) {
  const bool told =
      std::any_of(notifications_.begin(), notifications_.end(), [&](const Notification& notification) {
        return notification.kind == kind && notification.job_id == job_id && notification.user_id == user_id;
      });
  if (!told) notifications_.push_back({kind, user_id, job_id});
}

UtcTime Transaction::lease_now() {
  if (lease_now_) return *lease_now_;
  if (lease_clock_) {
    lease_now_ = lease_clock_();
  } else {
    lease_now_ = from_unix_millis(
        sql.row<long long>("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")
            .value_or(0));
  }
  return *lease_now_;
}

void Transaction::write_events() {
  if (!sql.sqlite()) {
    // Sorted, and after all row locks, so that two transactions never wait for each other.
    std::set<std::string> users;
    for (const Event& event : events_) users.insert(event.user_id);
    for (const std::string& user : users) {
      sql.row<std::string>(
          "SELECT CAST(pg_advisory_xact_lock(CAST(:class AS INTEGER), hashtext(:user_id)) AS TEXT)",
          kEventsLock, user);
    }
  }
  for (const Event& event : events_) {
    sql.execute(
        "INSERT INTO events (job_id, user_id, type, data, created_at) VALUES (:job_id, :user_id, :type, "
        ":data, :now)",
        event.job_id, event.user_id, event.type, event.data, now);
  }
}

void Transaction::commit() {
  if (!events_.empty()) write_events();
  sql.run("COMMIT");
}

void Access::roll_back(SessionPool::Held& session) {
  try {
    session->run("ROLLBACK");
  } catch (const std::exception&) {
    // SQLite ends a transaction by itself on some errors and reports it here; a session that PostgreSQL has
    // lost is closed.
    if (!session->sqlite()) session.discard();
  }
}

}  // namespace vat::db

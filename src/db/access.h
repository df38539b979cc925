// The stores' access to the database: reads on any session, changes in one transaction each, followed by its
// events and notifications. Private to db.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/utc_time.h"
#include "db/session_pool.h"
#include "db/spare_room.h"
#include "domain/event_bus.h"
#include "domain/job_queue.h"
#include "domain/quota.h"

namespace vat::db {

/// A change of the database that happens completely or not at all.
class Transaction {
 public:
  /// `lease_clock`: empty for the database's own.
  Transaction(Connection& connection, UtcTime time, const UtcClock& lease_clock)
      : sql(connection), now(time), lease_clock_(lease_clock) {}

  Connection& sql;
  const UtcTime now;

  /// The time for leases and pauses, the same throughout the transaction. Not for showing.
  [[nodiscard]] UtcTime lease_now();

  /// Written at the end of the transaction, and notified as Notification::Kind::kEvent after it.
  void add_event(const std::string& user_id, const std::string& job_id, std::string type, std::string data);
  /// Sent after the transaction.
  void notify(Notification::Kind kind, const std::string& user_id, const std::string& job_id);

  /// Commits. On PostgreSQL, events of one user are numbered in the order in which their transactions end, so
  /// that a reader never misses an event with a lower number that appears later.
  void commit();
  [[nodiscard]] const std::vector<Notification>& notifications() const { return notifications_; }

 private:
  struct Event {
    std::string user_id, job_id, type, data;
  };
  void write_events();

  const UtcClock& lease_clock_;
  std::optional<UtcTime> lease_now_;
  std::vector<Event> events_;
  std::vector<Notification> notifications_;
};

/// Shared by all stores. Any thread.
class Access {
 public:
  struct Pools {
    std::unique_ptr<SessionPool> readers;
    std::unique_ptr<SessionPool> writers;  ///< Empty: the same as readers.
  };
  struct Clocks {
    UtcClock now;
    UtcClock lease;  ///< Empty: the database's.
  };
  Access(Engine engine, Pools pools, EventBus& bus, Clocks clocks, QueueLimits limits,
         std::filesystem::path spare_room = {}, Quotas quotas = {})
      : engine_(engine),
        pools_(std::move(pools)),
        bus_(bus),
        clocks_(std::move(clocks)),
        limits_(limits),
        quotas_(quotas),
        spare_room_(std::move(spare_room)) {
    spare_room_.keep();
  }

  [[nodiscard]] Engine engine() const { return engine_; }
  [[nodiscard]] UtcTime now() const { return clocks_.now(); }
  [[nodiscard]] const QueueLimits& limits() const { return limits_; }
  /// The installation's.
  [[nodiscard]] const Quotas& quotas() const { return quotas_; }

  /// `body(Connection&)` returns a Result; so does this.
  template <class Body>
  auto read(Body body) -> decltype(body(std::declval<Connection&>())) {
    return attempt(*pools_.readers, [&](Connection& connection, bool&) { return body(connection); });
  }
  /// `body(Transaction&)` returns a Result; with an error, nothing is changed. The body may run again after a
  /// conflict with another transaction.
  template <class Body>
  auto write(Body body) -> decltype(body(std::declval<Transaction&>())) {
    using Outcome = decltype(body(std::declval<Transaction&>()));
    std::vector<Notification> notifications;
    Outcome outcome = attempt(pools_.writers ? *pools_.writers : *pools_.readers,
                              [&](Connection& connection, bool& open) -> Outcome {
                                connection.run(connection.sqlite() ? "BEGIN IMMEDIATE" : "BEGIN");
                                open = true;
                                Transaction transaction(connection, clocks_.now(), clocks_.lease);
                                Outcome result = body(transaction);
                                if (!result) return result;
                                transaction.commit();
                                open = false;
                                notifications = transaction.notifications();
                                return result;
                              });
    for (const Notification& notification : notifications) bus_.publish(notification);
    return outcome;
  }
  /// A write() that deletes: it also succeeds on a full disk.
  template <class Body>
  auto write_to_delete(Body body) -> decltype(body(std::declval<Transaction&>())) {
    spare_room_.keep();
    auto outcome = write(body);
    if (!outcome && outcome.error().code == ErrorCode::kDiskFull && spare_room_.give_up())
      outcome = write(body);
    return outcome;
  }
  /// For work that manages its own transactions: `body(Connection&)` on the session that may write.
  template <class Body>
  auto on_writer(Body body) -> decltype(body(std::declval<Connection&>())) {
    return attempt(pools_.writers ? *pools_.writers : *pools_.readers,
                   [&](Connection& connection, bool& open) {
                     open = true;  // even if it throws
                     auto outcome = body(connection);
                     open = false;
                     return outcome;
                   });
  }

 private:
  static constexpr int kMaxAttempts = 4;

  template <class Body>
  auto attempt(SessionPool& pool, Body body)
      -> decltype(body(std::declval<Connection&>(), std::declval<bool&>())) {
    for (int attempt = 1;; ++attempt) {
      try {
        VAT_ASSIGN(auto session, pool.take());
        bool open = false;
        const bool fresh = session.fresh();
        try {
          auto outcome = body(*session, open);
          if (open) roll_back(session);
          return outcome;
        } catch (const std::exception& exception) {
          SqlFailure failure = describe_failure(engine_, exception);
          failure.error.detail += session->failed_statement();
          if (failure.lost) {
            session.discard();
          } else if (open) {
            roll_back(session);
          }
          // A kept session that turns out to be lost before anything was done is replaced silently.
          const bool again = failure.again || (failure.lost && !open && !fresh);
          if (!again || attempt == kMaxAttempts) return fail(std::move(failure.error));
        }
      } catch (const std::exception& exception) {
        return fail(describe_failure(engine_, exception).error);
      }
    }
  }
  /// Makes the session usable for the next holder, or closes it.
  static void roll_back(SessionPool::Held& session);

  const Engine engine_;
  const Pools pools_;
  EventBus& bus_;
  const Clocks clocks_;
  const QueueLimits limits_;
  const Quotas quotas_;
  SpareRoom spare_room_;
};

}  // namespace vat::db

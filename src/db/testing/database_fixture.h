// Shared by the stores' tests: a migrated database of each engine, a clock that is moved by hand, and a bus
// that records notifications.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "db/database.h"
#include "db/sql_error.h"
#include "db/testing/postgres_server.h"

namespace vat::db::testing {

/// Records notifications. Any thread.
class RecordingBus final : public EventBus {
 public:
  void publish(const Notification& notification) override;
  Subscription subscribe(const std::string& user_id, const std::string& job_id, Listener listener) override;
  /// Of the job; with an empty id, of all.
  [[nodiscard]] std::vector<Notification::Kind> kinds(const std::string& job_id = {});
  void clear();

 private:
  std::mutex mutex_;
  std::vector<Notification> notifications_;
};

/// The server that all tests of the program share; ends the test program when it cannot start.
PostgresServer& postgres_server();

/// The location of a test's database.
class DatabaseLocation {
 public:
  [[nodiscard]] const DatabaseOptions& options() const { return options_; }
  [[nodiscard]] DatabaseOptions& options() { return options_; }
  /// SQLite's file.
  [[nodiscard]] const std::filesystem::path& file() const { return options_.sqlite_path; }

 protected:
  DatabaseLocation() = default;

  std::optional<TemporaryDirectory> folder_;
  DatabaseOptions options_;
};

/// A new database of the engine, without tables.
class EmptyDatabase : public DatabaseLocation {
 public:
  explicit EmptyDatabase(Engine engine);
};

/// A database that holds what migrating leaves in a new one. Migrating takes far longer than most tests, so
/// it is done once: SQLite's file is then copied, and PostgreSQL's only database is emptied again.
class MigratedDatabase : public DatabaseLocation {
 public:
  explicit MigratedDatabase(Engine engine);
};

/// A user other than the local one, created with SQL.
inline constexpr const char* kOtherUserId = "00000000-0000-7000-8000-000000000002";
/// Runs SQL bypassing the stores.
void run_sql(const DatabaseOptions& options, const std::string& sql);

/// Each test has its own database.
class DatabaseTest : public ::testing::TestWithParam<Engine> {
 protected:
  DatabaseTest();

  [[nodiscard]] UtcTime now() const { return from_unix_millis(time_->load()); }
  void advance(std::chrono::milliseconds time) { *time_ += time.count(); }
  [[nodiscard]] bool sqlite() const { return GetParam() == Engine::kSqlite; }

  /// A complete upload of the user.
  Upload add_upload(const std::string& user_id = kLocalUserId,
                    const std::string& fingerprint = std::string(64, 'a'),
                    const std::string& key = "uploads/one");
  /// A queued job with its own upload.
  Job add_job(const std::string& user_id = kLocalUserId, const std::string& title = "Talk.mp4",
              int priority = 0);
  /// Claims the next job, which must exist.
  ClaimedJob claim(int max_per_user = 2);
  std::optional<ClaimedJob> try_claim(int max_per_user = 2);
  std::vector<JobEvent> events(const std::string& job_id, const std::string& type = {});

  std::shared_ptr<std::atomic<std::int64_t>> time_;
  RecordingBus bus_;
  MigratedDatabase location_;
  std::unique_ptr<Database> db_;
};

[[nodiscard]] std::string engine_suffix(const ::testing::TestParamInfo<Engine>& parameter);

#define VAT_ON_BOTH_ENGINES(Suite)                                                                  \
  INSTANTIATE_TEST_SUITE_P(Engines, Suite, ::testing::Values(Engine::kSqlite, Engine::kPostgresql), \
                           ::vat::db::testing::engine_suffix)

}  // namespace vat::db::testing

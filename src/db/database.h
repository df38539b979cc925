// The service's database: SQLite in a file, or PostgreSQL. It contains everything that the service must not
// lose.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/utc_time.h"
#include "db/migration_status.h"
#include "domain/account_store.h"
#include "domain/audit_log.h"
#include "domain/event_bus.h"
#include "domain/job_queue.h"
#include "domain/job_store.h"
#include "domain/label_store.h"
#include "domain/lexicon_store.h"
#include "domain/overview_store.h"
#include "domain/preference_store.h"
#include "domain/quota.h"
#include "domain/retention.h"
#include "domain/session_store.h"
#include "domain/share_store.h"
#include "domain/token_store.h"
#include "domain/transcript_store.h"
#include "domain/upload_store.h"
#include "domain/user_store.h"
#include "domain/webhook_store.h"

namespace vat::db {

struct DatabaseOptions {
  /// "sqlite:PATH", or "postgresql://..." as libpq takes it. Empty: SQLite at `sqlite_path`.
  std::string url;
  std::filesystem::path sqlite_path;
  /// SQLite: reading sessions, besides the one that writes. PostgreSQL: sessions in total.
  int connections = 4;
  UtcClock clock = utc_now;
  /// Measures leases and pauses before another attempt, which the setting of a clock must not end or extend.
  /// Empty: on SQLite, which one machine uses, make_steady_clock(); on PostgreSQL the server's clock, which
  /// is the same for all.
  UtcClock lease_clock;
  QueueLimits limits;
  Quotas quotas;  ///< Of users who have none of their own.
  Retention retention;
  std::chrono::seconds connect_timeout{5};
  /// How long a call waits for a free session, and for another process that writes to the same SQLite file.
  std::chrono::milliseconds busy_timeout{10'000};
};

/// Every method and every store may be used by any thread. While the database is not available, calls return
/// kUnavailable (retryable), and the next one reconnects.
class Database {
 public:
  /// Connects; creates the SQLite file (mode 0600) and its folder if missing. Does not migrate: the stores
  /// work after migrate(). kInvalidArgument for a URL of another kind. `bus` must outlive the database.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options, EventBus& bus);
  ~Database();

  [[nodiscard]] JobStore& jobs();
  [[nodiscard]] JobQueue& queue();
  [[nodiscard]] SpeedStore& speeds();
  [[nodiscard]] UploadStore& uploads();
  [[nodiscard]] TranscriptStore& transcripts();
  [[nodiscard]] ShareStore& shares();
  [[nodiscard]] LabelStore& labels();
  [[nodiscard]] UserStore& users();
  [[nodiscard]] SessionStore& sessions();
  [[nodiscard]] TokenStore& tokens();
  [[nodiscard]] WebhookStore& webhooks();
  [[nodiscard]] QuotaStore& quotas();
  [[nodiscard]] RetentionStore& retention();
  [[nodiscard]] LexiconStore& lexicons();
  [[nodiscard]] PreferenceStore& preferences();
  [[nodiscard]] AccountStore& accounts();
  [[nodiscard]] OverviewStore& overview();
  [[nodiscard]] AuditLog& audit();

  /// "SQLite" or "PostgreSQL".
  [[nodiscard]] std::string engine_name() const;
  /// Checks that the database answers.
  [[nodiscard]] Result<> ping();

  /// Migrates the schema to the newest version: each step in a transaction, under a lock across all
  /// processes. kUnavailable when the database is newer than the program; kBadData when its steps differ.
  [[nodiscard]] Result<MigrationStatus> migrate();
  [[nodiscard]] Result<MigrationStatus> migration_status();

  /// Writes a complete copy while the service runs; the file appears complete or not at all, with mode 0600.
  /// kExists when it already exists. PostgreSQL: kInvalidArgument, with the command that does it.
  [[nodiscard]] Result<> backup(const std::filesystem::path& file);
  /// Replaces the database by a backup; no process may have it open (kExists). The previous one is kept as
  /// PATH.before-restore. kBadData when the file is not a complete backup of a version that this program
  /// supports.
  [[nodiscard]] static Result<> restore(const DatabaseOptions& options, const std::filesystem::path& file);

  /// Those of the keys that no upload and no file of a job refers to.
  [[nodiscard]] Result<std::vector<std::string>> unused_objects(const std::vector<std::string>& keys);

  /// Deletes events of jobs that ended more than a day ago, idempotency keys older than a day, ended
  /// sign-ins, and finished webhook deliveries and ended share links older than 30 days. Called every hour or
  /// so.
  [[nodiscard]] Result<> housekeeping(UtcTime now);

 private:
  struct Parts;
  explicit Database(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace vat::db

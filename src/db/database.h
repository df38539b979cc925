// The service's database: SQLite in a file, or PostgreSQL. Everything that the service must not forget is in
// it. Made by apps/vat, which hands its stores to api and worker.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "db/migration_status.h"
#include "domain/event_bus.h"
#include "domain/job_queue.h"
#include "domain/job_store.h"
#include "domain/transcript_store.h"
#include "domain/upload_store.h"
#include "domain/user_store.h"
#include "domain/utc_time.h"
#include "domain/webhook_store.h"

namespace vat::db {

struct DatabaseOptions {
  /// "sqlite:PATH", or "postgresql://..." as libpq takes it. Empty: SQLite at `sqlite_path`.
  std::string url;
  std::filesystem::path sqlite_path;
  /// SQLite: sessions that read, beside the one that writes. PostgreSQL: sessions in all.
  int connections = 4;
  UtcClock clock = utc_now;
  QueueLimits limits;
  std::chrono::seconds connect_timeout{5};
  /// How long a call waits for a free session, and for another process that writes to the same SQLite file.
  std::chrono::milliseconds busy_timeout{10'000};
};

/// Every method and every store may be used by any thread. While the database is away, calls return
/// kUnavailable (retryable), and the next one connects again by itself.
class Database {
 public:
  /// Connects; makes the SQLite file (mode 0600) and its folder when there is none. Does not migrate: the
  /// stores are of use after migrate(). kInvalidArgument for a URL of another kind. `bus` outlives the
  /// database.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options, EventBus& bus);
  ~Database();

  [[nodiscard]] JobStore& jobs();
  [[nodiscard]] JobQueue& queue();
  [[nodiscard]] SpeedStore& speeds();
  [[nodiscard]] UploadStore& uploads();
  [[nodiscard]] TranscriptStore& transcripts();
  [[nodiscard]] UserStore& users();
  [[nodiscard]] WebhookStore& webhooks();

  /// "SQLite" or "PostgreSQL".
  [[nodiscard]] std::string engine_name() const;
  /// Asks the database for an answer.
  [[nodiscard]] Result<> ping();

  /// Brings the schema to the newest version: each step in a transaction, under a lock among all processes.
  /// kUnavailable when the database is newer than the program; kBadData when its steps were others.
  [[nodiscard]] Result<MigrationStatus> migrate();
  [[nodiscard]] Result<MigrationStatus> migration_status();

  /// Writes a whole copy while the service runs; the file appears complete or not at all, with mode 0600.
  /// kExists when it is there already. PostgreSQL: kInvalidArgument, with the command that does it.
  [[nodiscard]] Result<> backup(const std::filesystem::path& file);
  /// Puts a backup in the place of the database, which no process may have open (kExists). What was there is
  /// kept as PATH.before-restore. kBadData when the file is no whole backup of a version that this program
  /// knows.
  [[nodiscard]] static Result<> restore(const DatabaseOptions& options, const std::filesystem::path& file);

  /// Those of the objects' keys that no upload and no file of a job refers to.
  [[nodiscard]] Result<std::vector<std::string>> unused_objects(const std::vector<std::string>& keys);

  /// Forgets events of jobs that ended more than a day ago, idempotency keys older than a day, ended
  /// sign-ins, and finished webhook deliveries older than 30 days. Called every hour or so.
  [[nodiscard]] Result<> housekeeping(UtcTime now);

 private:
  struct Parts;
  explicit Database(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace vat::db

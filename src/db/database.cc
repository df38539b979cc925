#include "db/database.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "base/file.h"
#include "db/access.h"
#include "db/backup.h"
#include "db/housekeeping.h"
#include "db/migrations.h"
#include "db/sql_account_store.h"
#include "db/sql_audit_log.h"
#include "db/sql_job_queue.h"
#include "db/sql_job_store.h"
#include "db/sql_label_store.h"
#include "db/sql_lexicon_store.h"
#include "db/sql_overview_store.h"
#include "db/sql_preference_store.h"
#include "db/sql_quota_store.h"
#include "db/sql_retention_store.h"
#include "db/sql_session_store.h"
#include "db/sql_share_store.h"
#include "db/sql_speed_store.h"
#include "db/sql_token_store.h"
#include "db/sql_transcript_store.h"
#include "db/sql_upload_store.h"
#include "db/sql_user_store.h"
#include "db/sql_webhook_store.h"
#include "db/target.h"

namespace vat::db {

namespace {

UtcClock lease_clock_of(const Target& target, const DatabaseOptions& options) {
  if (options.lease_clock || target.engine == Engine::kPostgresql) return options.lease_clock;
  return make_steady_clock();
}

std::filesystem::path spare_room_of(const Target& target) {
  if (target.engine == Engine::kPostgresql) return {};
  return std::filesystem::path(target.path).concat(".spare");
}

}  // namespace

struct Database::Parts {
  Parts(Target place, const DatabaseOptions& settings, Access::Pools pools, EventBus& bus)
      : target(std::move(place)),
        options(settings),
        access(target.engine, std::move(pools), bus, {settings.clock, lease_clock_of(target, settings)},
               settings.limits, spare_room_of(target), settings.quotas),
        retention(access, settings.retention) {}

  const Target target;
  const DatabaseOptions options;
  Access access;
  SqlJobStore jobs{access};
  SqlJobQueue queue{access};
  SqlSpeedStore speeds{access};
  SqlUploadStore uploads{access};
  SqlTranscriptStore transcripts{access};
  SqlShareStore shares{access};
  SqlLabelStore labels{access};
  SqlUserStore users{access};
  SqlSessionStore sessions{access};
  SqlTokenStore tokens{access};
  SqlWebhookStore webhooks{access};
  SqlQuotaStore quotas{access};
  SqlRetentionStore retention;
  SqlLexiconStore lexicons{access};
  SqlPreferenceStore preferences{access};
  SqlAccountStore accounts{access};
  SqlOverviewStore overview{access};
  SqlAuditLog audit{access};
};

namespace {

/// So that nobody else on the machine can read it. SQLite gives its side files the same mode.
Result<> make_private_file(const std::filesystem::path& path) {
  VAT_TRY(make_directories(path.parent_path()));
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd || ::fchmod(fd.get(), S_IRUSR | S_IWUSR) != 0)
    return fail(system_error(errno, "open", path.string()));
  for (const char* const side : {"-wal", "-shm", ".spare"})
    (void)::chmod(std::filesystem::path(path).concat(side).c_str(), S_IRUSR | S_IWUSR);
  return {};
}

Access::Pools make_pools(const Target& target, const DatabaseOptions& options) {
  const auto pool = [&](int size, Role role) {
    return std::make_unique<SessionPool>(
        SessionPool::Options{.size = std::max(1, size), .wait = options.busy_timeout},
        [target, options, role] { return connect(target, options, role); });
  };
  if (target.engine == Engine::kPostgresql) return {pool(options.connections, Role::kWriter), nullptr};
  return {pool(options.connections, Role::kReader), pool(1, Role::kWriter)};
}

}  // namespace

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options, EventBus& bus) {
  VAT_ASSIGN(Target target, find_target(options));
  if (target.engine == Engine::kSqlite) VAT_TRY(make_private_file(target.path));
  Access::Pools pools = make_pools(target, options);
  auto parts = std::make_unique<Parts>(std::move(target), options, std::move(pools), bus);
  // The writer first: it makes an empty file a database.
  VAT_TRY(parts->access.on_writer([](Connection& sql) -> Result<> {
    sql.row<long long>("SELECT 1");
    return {};
  }));
  return std::unique_ptr<Database>(new Database(std::move(parts)));
}

JobStore& Database::jobs() { return parts_->jobs; }
JobQueue& Database::queue() { return parts_->queue; }
SpeedStore& Database::speeds() { return parts_->speeds; }
UploadStore& Database::uploads() { return parts_->uploads; }
TranscriptStore& Database::transcripts() { return parts_->transcripts; }
ShareStore& Database::shares() { return parts_->shares; }
LabelStore& Database::labels() { return parts_->labels; }
UserStore& Database::users() { return parts_->users; }
SessionStore& Database::sessions() { return parts_->sessions; }
TokenStore& Database::tokens() { return parts_->tokens; }
WebhookStore& Database::webhooks() { return parts_->webhooks; }
QuotaStore& Database::quotas() { return parts_->quotas; }
RetentionStore& Database::retention() { return parts_->retention; }
LexiconStore& Database::lexicons() { return parts_->lexicons; }
PreferenceStore& Database::preferences() { return parts_->preferences; }
AccountStore& Database::accounts() { return parts_->accounts; }
OverviewStore& Database::overview() { return parts_->overview; }
AuditLog& Database::audit() { return parts_->audit; }

std::string Database::engine_name() const {
  return parts_->target.engine == Engine::kSqlite ? "SQLite" : "PostgreSQL";
}

Result<> Database::ping() {
  return parts_->access.read([](Connection& sql) -> Result<> {
    sql.row<long long>(sql.sqlite() ? "SELECT COUNT(*) FROM sqlite_master" : "SELECT 1");
    return {};
  });
}

Result<MigrationStatus> Database::migrate() {
  return db::migrate(parts_->access, program_migrations(parts_->target.engine));
}

Result<MigrationStatus> Database::migration_status() {
  return db::migration_status(parts_->access, program_migrations(parts_->target.engine));
}

Result<> Database::backup(const std::filesystem::path& file) {
  return write_backup(parts_->target, parts_->options, file);
}

Result<> Database::restore(const DatabaseOptions& options, const std::filesystem::path& file) {
  VAT_ASSIGN(const Target target, find_target(options));
  return restore_backup(target, options, file);
}

Result<std::vector<std::string>> Database::unused_objects(const std::vector<std::string>& keys) {
  return parts_->access.write([&](Transaction& transaction) -> Result<std::vector<std::string>> {
    return db::unused_objects(transaction, keys);
  });
}

Result<> Database::housekeeping(UtcTime now) { return keep_house(parts_->access, now); }

}  // namespace vat::db

#include "serve_database.h"

#include <sys/stat.h>

#include <cerrno>

#include "base/log.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDatabaseFile = "vat.db";
constexpr const char* kLockFile = "serve.lock";

bool is_sqlite(const ServeSettings& settings) {
  return settings.database_url.empty() || settings.database_url.starts_with("sqlite:");
}

}  // namespace

std::string database_place(const ServeSettings& settings) {
  if (settings.database_url.empty()) return (fs::path(settings.data) / kDatabaseFile).string();
  const std::string& url = settings.database_url;
  const std::size_t user = url.find("://");
  const std::size_t at = url.rfind('@');
  if (user == std::string::npos || at == std::string::npos) return url;
  const std::size_t password = url.find(':', user + 3);
  if (password == std::string::npos || password > at) return url;
  return url.substr(0, password) + url.substr(at);
}

db::DatabaseOptions database_options(const ServeSettings& settings) {
  db::DatabaseOptions options;
  options.url = settings.database_url;
  options.sqlite_path = fs::path(settings.data) / kDatabaseFile;
  options.connections = settings.database_threads;
  options.limits.max_attempts = settings.attempts;
  options.limits.max_lost_workers = settings.lost_workers;
  options.quotas = {.stored_bytes = settings.stored_limit,
                    .sound_per_month = std::chrono::minutes(settings.sound_limit),
                    .waiting_jobs = static_cast<std::size_t>(settings.waiting_jobs)};
  options.retention = {.recordings = Days(settings.keep_recordings),
                       .speech = Days(settings.keep_speech),
                       .jobs = Days(settings.keep_jobs)};
  return options;
}

Result<> make_data_folder(const ServeSettings& settings) {
  std::error_code error;
  if (fs::is_directory(settings.data, error)) return {};
  VAT_TRY(make_directories(settings.data));
  if (::chmod(settings.data.c_str(), S_IRWXU) != 0)
    return fail(system_error(errno, "protect", settings.data));
  return {};
}

Result<std::optional<FileLock>> lock_data_folder(const ServeSettings& settings) {
  if (!is_sqlite(settings)) return std::optional<FileLock>();
  VAT_ASSIGN(std::optional<FileLock> lock, FileLock::try_acquire(fs::path(settings.data) / kLockFile));
  if (!lock)
    return fail(ErrorCode::kExists, "Another `vat serve` is using the data folder " + settings.data +
                                        "; stop it, or choose another folder with --data.");
  return lock;
}

Result<std::unique_ptr<db::Database>> open_database(const ServeSettings& settings, EventBus& bus) {
  VAT_ASSIGN(std::unique_ptr<db::Database> database, db::Database::open(database_options(settings), bus));
  VAT_ASSIGN(const db::MigrationStatus status, database->migrate());
  log(LogLevel::kInfo, "The database is up to date.",
      {{"engine", database->engine_name()}, {"version", status.version}});
  return database;
}

}  // namespace vat::app

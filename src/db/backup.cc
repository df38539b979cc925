#include "db/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include "base/file.h"
#include "db/migrations.h"

namespace vat::db {
namespace {

Result<> only_sqlite(const Target& target, const std::string& command) {
  if (target.engine == Engine::kSqlite) return {};
  return fail(ErrorCode::kInvalidArgument,
              "A PostgreSQL database has its own tools for this: " + command + ".");
}

/// Runs `body`, which throws what SOCI throws.
template <class Body>
Result<> guarded(Body body) {
  try {
    return body();
  } catch (const std::exception& exception) {
    return fail(describe_failure(Engine::kSqlite, exception).error);
  }
}

auto no_backup(const std::filesystem::path& file, std::string detail) {
  return fail(ErrorCode::kBadData, file.string() + " is not a complete backup of this program's database.",
              std::move(detail));
}

/// Creates a file for the database's content that nobody else can read, from its first byte.
Result<AtomicFile> create_private(const std::filesystem::path& file, Overwrite overwrite) {
  VAT_ASSIGN(AtomicFile out, AtomicFile::create(file, overwrite));
  if (::fchmod(out.fd(), S_IRUSR | S_IWUSR) != 0) return fail(system_error(errno, "protect", file.string()));
  return out;
}

/// Whether the file is an intact database of a version that this program supports.
Result<> check_backup(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return fail(ErrorCode::kNotFound, "There is no backup " + file.string() + ".");
  }
  try {
    Connection sql(Engine::kSqlite, file_uri(std::filesystem::absolute(file)) + "?immutable=1");
    const auto sound = sql.row<std::string>("PRAGMA integrity_check(1)");
    if (sound != "ok") return no_backup(file, sound.value_or(""));
    const auto version = sql.row<long long>("SELECT MAX(version) FROM schema_migrations");
    if (version.value_or(0) > program_migrations(Engine::kSqlite).back().version) {
      return fail(ErrorCode::kUnavailable,
                  "The backup was made by a newer version of this program; update the program.");
    }
    return {};
  } catch (const std::exception& exception) {
    return no_backup(file, exception.what());
  }
}

Result<> copy_bytes(const std::filesystem::path& from, AtomicFile& to) {
  const UniqueFd fd(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail(system_error(errno, "read", from.string()));
  std::array<char, 1U << 16U> block{};
  for (;;) {
    const ssize_t count = ::read(fd.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error(errno, "read", from.string()));
    if (count == 0) return {};
    VAT_TRY(to.write(std::string_view(block.data(), static_cast<std::size_t>(count))));
  }
}

/// Leaves WAL mode, which SQLite rejects while another process has the file open, and which removes the side
/// files: a log of the old database must not be replayed into the new one.
Result<> close_database(const Target& target) {
  return guarded([&]() -> Result<> {
    Connection sql(Engine::kSqlite, target.connect_string);
    std::optional<std::string> mode;
    try {
      mode = sql.row<std::string>("PRAGMA journal_mode = DELETE");
    } catch (const std::exception& exception) {
      if (describe_failure(Engine::kSqlite, exception).error.code != ErrorCode::kUnavailable) throw;
    }
    if (mode != "delete") {
      return fail(ErrorCode::kExists,
                  "The database is in use; stop the service before you restore a backup.");
    }
    return {};
  });
}

}  // namespace

Result<> write_backup(const Target& target, const DatabaseOptions& options,
                      const std::filesystem::path& file) {
  VAT_TRY(only_sqlite(target, "pg_dump --format=custom --file=FILE \"$VAT_DATABASE_URL\""));
  VAT_ASSIGN(AtomicFile out, create_private(std::filesystem::absolute(file), Overwrite::kRefuse));
  VAT_TRY(guarded([&]() -> Result<> {
    // A separate session: it reads one snapshot for as long as it takes, and nobody waits for it.
    const auto sql = connect(target, options, Role::kWriter);
    sql->execute("VACUUM INTO :file", file_uri(out.temporary_path()));
    return {};
  }));
  return out.commit();
}

Result<> restore_backup(const Target& target, const DatabaseOptions& /*options*/,
                        const std::filesystem::path& file) {
  VAT_TRY(only_sqlite(target, "pg_restore --clean --if-exists --dbname=\"$VAT_DATABASE_URL\" FILE"));
  VAT_TRY(check_backup(file));
  VAT_ASSIGN(AtomicFile out, create_private(target.path, Overwrite::kReplace));
  VAT_TRY(copy_bytes(file, out));
  std::error_code error;
  if (std::filesystem::exists(target.path, error)) {
    VAT_TRY(close_database(target));
    const std::string before = target.path.string() + ".before-restore";
    std::filesystem::remove(before, error);
    // A second name, so that the database exists at every moment.
    std::filesystem::create_hard_link(target.path, before, error);
    if (error) return fail(system_error(error.value(), "write", before));
  }
  return out.commit();
}

}  // namespace vat::db

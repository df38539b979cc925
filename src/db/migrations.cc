#include "db/migrations.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "db/embedded_migrations.h"

namespace vat::db {
namespace {

constexpr int kMigrationLock = 0x7661'7400;

struct AppliedRow {
  long long version = 0, applied_at = 0;
  std::string name, checksum;
  template <class Visit>
  void columns(Visit visit) {
    visit(version), visit(applied_at), visit(name), visit(checksum);
  }
};

bool has_table(Connection& sql) {
  return sql
      .row<long long>(sql.sqlite() ? "SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'"
                                   : "SELECT 1 WHERE to_regclass('schema_migrations') IS NOT NULL")
      .has_value();
}

std::vector<AppliedRow> read_applied(Connection& sql) {
  if (!has_table(sql)) return {};
  return sql.rows<AppliedRow>(
      "SELECT version, applied_at, name, checksum FROM schema_migrations ORDER BY version");
}

/// Whether this program knows all migrations that were applied to the database.
Result<> check(const std::vector<AppliedRow>& applied, const std::vector<Migration>& migrations) {
  for (const AppliedRow& row : applied) {
    const auto known = std::find_if(migrations.begin(), migrations.end(), [&](const Migration& migration) {
      return migration.version == row.version;
    });
    if (known == migrations.end()) {
      return fail(ErrorCode::kUnavailable,
                  "The database was made by a newer version of this program (schema " +
                      std::to_string(row.version) + ", this program supports " +
                      std::to_string(migrations.back().version) + "); update the program.");
    }
    if (known->checksum != row.checksum) {
      return fail(ErrorCode::kBadData, "Migration " + std::to_string(row.version) +
                                           " of the database differs from this program's; restore a backup "
                                           "or use the program that made it.");
    }
  }
  return {};
}

MigrationStatus make_status(const std::vector<AppliedRow>& applied,
                            const std::vector<Migration>& migrations) {
  MigrationStatus status;
  status.latest = migrations.back().version;
  for (const AppliedRow& row : applied) {
    status.version = static_cast<int>(row.version);
    status.applied.push_back({status.version, row.name, from_unix_millis(row.applied_at)});
  }
  return status;
}

/// Begins the transaction of one migration, exclusively among all processes.
void begin(Connection& sql) {
  if (sql.sqlite()) {
    sql.run("BEGIN EXCLUSIVE");
    sql.run(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
    return;
  }
  sql.run("BEGIN");
  sql.run("SET LOCAL statement_timeout = 0");
  sql.run("SET LOCAL lock_timeout = 0");
  sql.run("SELECT pg_advisory_xact_lock(" + std::to_string(kMigrationLock) + ")");
  sql.run(
      "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
      "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)");
}

void apply_migration(Connection& sql, const Migration& migration, UtcTime now) {
  for (const std::string& statement : split_statements(migration.sql)) sql.run(statement);
  sql.execute(
      "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (:version, :name, "
      ":checksum, :now)",
      migration.version, migration.name, migration.checksum, now);
}

}  // namespace

std::vector<Migration> program_migrations(Engine engine) {
  const std::string_view suffix = engine == Engine::kSqlite ? ".sqlite.sql" : ".postgresql.sql";
  std::vector<Migration> migrations;
  for (const EmbeddedText& file : kMigrationFiles) {
    if (!file.name.ends_with(suffix)) continue;
    Migration migration;
    migration.version = parse_number<int>(std::string_view(file.name).substr(0, 4)).value_or(0);
    migration.name = file.name.substr(5, file.name.size() - 5 - suffix.size());
    migration.sql = file.text;
    migration.checksum = hash_hex(Digest::kSha256, file.text);
    migrations.push_back(std::move(migration));
  }
  return migrations;
}

std::vector<std::string> split_statements(std::string_view sql) {
  std::vector<std::string> statements;
  std::string statement;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t end = std::min(sql.find('\n', at), sql.size());
    const std::string_view line = sql.substr(at, end - at);
    at = end + 1;
    if (trim(line).starts_with("--")) continue;
    if (!trim(line).empty()) statement.append(line).append("\n");
    const bool gap = trim(line).empty() || at >= sql.size();
    if (!gap || !trim(statement).ends_with(';')) continue;
    const std::string_view whole = trim(statement);
    statements.emplace_back(whole.substr(0, whole.size() - 1));
    statement.clear();
  }
  return statements;
}

Result<MigrationStatus> migrate(Access& access, const std::vector<Migration>& migrations) {
  for (;;) {
    VAT_ASSIGN(const bool done, access.on_writer([&](Connection& sql) -> Result<bool> {
      begin(sql);
      const std::vector<AppliedRow> applied = read_applied(sql);
      if (auto checked = check(applied, migrations); !checked) {
        sql.run("ROLLBACK");
        return fail(std::move(checked).error());
      }
      const auto next = std::find_if(migrations.begin(), migrations.end(), [&](const Migration& migration) {
        return std::none_of(applied.begin(), applied.end(),
                            [&](const AppliedRow& row) { return row.version == migration.version; });
      });
      if (next != migrations.end()) apply_migration(sql, *next, access.now());
      sql.run("COMMIT");
      return next == migrations.end();
    }));
    if (done) return migration_status(access, migrations);
  }
}

Result<MigrationStatus> migration_status(Access& access, const std::vector<Migration>& migrations) {
  return access.read([&](Connection& sql) -> Result<MigrationStatus> {
    const std::vector<AppliedRow> applied = read_applied(sql);
    VAT_TRY(check(applied, migrations));
    return make_status(applied, migrations);
  });
}

}  // namespace vat::db

#include "db/target.h"

#include <string_view>

#include "base/hex.h"

namespace vat::db {
namespace {

constexpr std::string_view kSqliteScheme = "sqlite:";

/// Adds settings that the URL lacks, so that a dead connection is noticed.
std::string with_timeouts(const std::string& url, std::chrono::seconds connect_timeout) {
  std::string result = url;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (url.find(name + "=") != std::string::npos) return;
    result += result.find('?') == std::string::npos ? '?' : '&';
    result.append(name).append("=").append(value);
  };
  add("connect_timeout", std::to_string(connect_timeout.count()));
  add("tcp_user_timeout", "15000");
  add("keepalives_idle", "30");
  add("client_encoding", "UTF8");
  add("application_name", "vat");
  return result;
}

void set_up_sqlite(Connection& sql, const DatabaseOptions& options, Role role) {
  sql.run("PRAGMA busy_timeout = " + std::to_string(options.busy_timeout.count()));
  sql.run("PRAGMA foreign_keys = ON");
  // KiB per connection; the rest is in the operating system's file cache.
  sql.run("PRAGMA cache_size = -1024");
  if (role == Role::kReader) {
    sql.run("PRAGMA query_only = ON");
    return;
  }
  sql.run("PRAGMA journal_mode = WAL");
  // Acknowledged changes survive a power cut.
  sql.run("PRAGMA synchronous = FULL");
  sql.run("PRAGMA journal_size_limit = 67108864");
}

void set_up_postgresql(Connection& sql) {
  sql.run(
      "SET client_min_messages = warning; SET statement_timeout = '60s'; SET lock_timeout = '15s'; "
      "SET idle_in_transaction_session_timeout = '60s'; SET default_transaction_isolation = 'read "
      "committed'");
}

}  // namespace

std::string file_uri(const std::filesystem::path& path) {
  return "file:" + percent_encode(path.string(), "/");
}

Result<Target> find_target(const DatabaseOptions& options) {
  const std::string& url = options.url;
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    return Target{Engine::kPostgresql, {}, with_timeouts(url, options.connect_timeout)};
  }
  if (!url.empty() && !url.starts_with(kSqliteScheme)) {
    return fail_field("database_url", "The database's URL must begin with sqlite: or postgresql://.");
  }
  const std::filesystem::path path =
      url.empty() ? options.sqlite_path : std::filesystem::path(url.substr(kSqliteScheme.size()));
  if (path.empty()) return fail_field("database_url", "The database's URL names no file.");
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return fail(system_error(error.value(), "find", path.string()));
  return Target{Engine::kSqlite, absolute, file_uri(absolute)};
}

std::unique_ptr<Connection> connect(const Target& target, const DatabaseOptions& options, Role role) {
  auto connection = std::make_unique<Connection>(target.engine, target.connect_string);
  if (target.engine == Engine::kSqlite) {
    set_up_sqlite(*connection, options, role);
  } else {
    set_up_postgresql(*connection);
  }
  return connection;
}

}  // namespace vat::db

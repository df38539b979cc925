// The location of a database and the setup of its sessions. Private to db.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "db/database.h"
#include "db/session_pool.h"

namespace vat::db {

struct Target {
  Engine engine = Engine::kSqlite;
  std::filesystem::path path;  ///< SQLite's file, absolute.
  std::string connect_string;  ///< SOCI's connection string.
};
/// kInvalidArgument for a URL of another kind.
[[nodiscard]] Result<Target> find_target(const DatabaseOptions& options);

/// "file:..." for a path with any bytes in it (sqlite.org/uri.html).
[[nodiscard]] std::string file_uri(const std::filesystem::path& path);

enum class Role { kWriter, kReader };
/// Opens a session that is ready to use. Throws what SOCI throws.
[[nodiscard]] std::unique_ptr<Connection> connect(const Target& target, const DatabaseOptions& options,
                                                  Role role);

}  // namespace vat::db

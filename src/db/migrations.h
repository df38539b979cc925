// The versions of the schema and the migrations between them. Private to db.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/access.h"
#include "db/migration_status.h"

namespace vat::db {

struct Migration {
  int version = 0;
  std::string name;  ///< "initial".
  std::string_view sql;
  std::string checksum;  ///< SHA-256 of `sql`.
};
/// This program's migrations, in order.
[[nodiscard]] std::vector<Migration> program_migrations(Engine engine);

/// The statements of a file, without its comments. They end with a semicolon before an empty line.
[[nodiscard]] std::vector<std::string> split_statements(std::string_view sql);

/// Applies the missing migrations, each in its own transaction; if several processes try at once, only one
/// applies each migration. kUnavailable when the database is newer than the program; kBadData when a
/// migration was changed after it was applied.
[[nodiscard]] Result<MigrationStatus> migrate(Access& access, const std::vector<Migration>& migrations);
[[nodiscard]] Result<MigrationStatus> migration_status(Access& access,
                                                       const std::vector<Migration>& migrations);

}  // namespace vat::db

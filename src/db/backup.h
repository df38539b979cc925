// Backup and restore of SQLite. Private to db.
#pragma once

#include <filesystem>

#include "db/target.h"

namespace vat::db {

/// See Database::backup() and Database::restore().
[[nodiscard]] Result<> write_backup(const Target& target, const DatabaseOptions& options,
                                    const std::filesystem::path& file);
[[nodiscard]] Result<> restore_backup(const Target& target, const DatabaseOptions& options,
                                      const std::filesystem::path& file);

}  // namespace vat::db

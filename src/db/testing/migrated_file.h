// SQLite databases for tests, without the many syncs to the disk that migrating each of them takes. Link
// vat_migrated_file.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace vat::db::testing {

/// Writes what migrating leaves in a new database, which the process does once. The folder must exist. Does
/// nothing where there is a file. Any thread.
[[nodiscard]] Result<> write_migrated_file(const std::filesystem::path& file);

}  // namespace vat::db::testing

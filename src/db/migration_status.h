// The schema version of a database, as shown by `vat db status`.
#pragma once

#include <string>
#include <vector>

#include "base/utc_time.h"

namespace vat::db {

struct AppliedMigration {
  int version = 0;
  std::string name;
  UtcTime applied_at;
};

struct MigrationStatus {
  int version = 0;  ///< Of the database; 0 for an empty one.
  int latest = 0;   ///< The newest that this program supports.
  std::vector<AppliedMigration> applied;

  [[nodiscard]] bool up_to_date() const { return version == latest; }
};

}  // namespace vat::db

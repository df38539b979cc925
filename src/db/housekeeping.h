// What the database may forget. Private to db.
#pragma once

#include "db/access.h"

namespace vat::db {

/// See Database::housekeeping().
[[nodiscard]] Result<> keep_house(Access& access, UtcTime now);

}  // namespace vat::db

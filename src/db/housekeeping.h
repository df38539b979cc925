// What nobody needs any more: old rows, and objects that no row refers to. Private to db.
#pragma once

#include <string>
#include <vector>

#include "db/access.h"

namespace vat::db {

/// See Database::housekeeping().
[[nodiscard]] Result<> keep_house(Access& access, UtcTime now);

/// Serialises removals of one user's uploads and jobs (on PostgreSQL; SQLite has a single writer), so that of
/// two that share an object the second sees that it is the last. To be taken before any other lock.
void lock_content(Transaction& transaction, const std::string& user_id);

/// Those of the keys that no upload and no artifact refers to any more, without duplicates.
[[nodiscard]] std::vector<std::string> unused_objects(Transaction& transaction,
                                                      std::vector<std::string> keys);

}  // namespace vat::db

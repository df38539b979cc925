// Objects that a crash orphaned: put into the store, but not recorded in the database.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/utc_time.h"
#include "domain/object_store.h"

namespace vat::operation {

/// Those of the keys that are not referenced.
using FindUnused = std::function<Result<std::vector<std::string>>(const std::vector<std::string>& keys)>;

/// Removes unreferenced objects that were put before `before`; returns how many. `before` must be days ago,
/// so that nothing is considered orphaned while it is being recorded, or while a backup is restored. Blocks.
[[nodiscard]] Result<std::size_t> remove_orphans(ObjectStore& objects, const FindUnused& find_unused,
                                                 UtcTime before);

}  // namespace vat::operation

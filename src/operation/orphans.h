// Objects that a crash left behind: put into the store, and never written down.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/object_store.h"
#include "domain/utc_time.h"

namespace vat::operation {

/// Those of the keys that nothing refers to.
using FindUnused = std::function<Result<std::vector<std::string>>(const std::vector<std::string>& keys)>;

/// Removes what was put before `before` and nothing refers to; returns how many. `before` lies days ago, so
/// that nothing is taken for left behind while it is being written down, or while a backup is put back.
/// Blocks.
[[nodiscard]] Result<std::size_t> remove_orphans(ObjectStore& objects, const FindUnused& find_unused,
                                                 UtcTime before);

}  // namespace vat::operation

// Files in a folder of this machine.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "base/utc_time.h"
#include "domain/object_store.h"

namespace vat::objects {

/// Keeps the object "uploads/...-7e11" as `directory`/objects/uploads/7e/11/...-7e11, and files that are not
/// objects yet in `directory`/staging. Creates both folders. A removed object stays readable through open
/// descriptors. kPermission, kDiskFull.
[[nodiscard]] Result<std::unique_ptr<ObjectStore>> open_local_store(const std::filesystem::path& directory);

/// Removes a crash's leftovers from the staging folder: files and folders that were not written to for two
/// days. Returns how many. Any thread.
std::size_t remove_stale(const ObjectStore& store, UtcTime now);

}  // namespace vat::objects

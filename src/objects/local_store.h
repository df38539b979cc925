// Files in a folder of this machine.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "domain/object_store.h"
#include "domain/utc_time.h"

namespace vat::objects {

/// Keeps the object "uploads/...-7e11" as `directory`/objects/uploads/7e/11/...-7e11, and files that are not
/// objects yet in `directory`/staging. Makes both folders. An object that is removed stays readable through
/// the descriptors that are open on it. kPermission, kDiskFull.
[[nodiscard]] Result<std::unique_ptr<ObjectStore>> open_local_store(const std::filesystem::path& directory);

/// Removes what a crash left in the staging folder: files and folders in which nothing was written for two
/// days. Returns how many. Any thread.
std::size_t remove_stale(const ObjectStore& store, UtcTime now);

}  // namespace vat::objects

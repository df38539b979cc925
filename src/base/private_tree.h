// Folders that nobody else on the machine can read.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace vat {

/// Creates the folder if it is missing, and gives it and the folders in it the mode 0700, and the files 0600,
/// unless the folder itself is private already. Symbolic links stay as they are, and what belongs to another
/// user, too. kPermission, kDiskFull. Blocks; on many files for a while.
[[nodiscard]] Result<> make_private_tree(const std::filesystem::path& folder);

}  // namespace vat

// Compares files' contents without reading all of each.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace vat::uploads {

/// Of the length, and of blocks spread over the file: 64 hexadecimal digits. Files with the same content have
/// the same fingerprint; others share it only by chance or on purpose, so same_content() decides. Blocks
/// briefly, however long the file is.
[[nodiscard]] Result<std::string> fingerprint_file(const std::filesystem::path& path);

/// Reads both, until they differ. Blocks.
[[nodiscard]] Result<bool> same_content(const std::filesystem::path& one, const std::filesystem::path& other);

}  // namespace vat::uploads

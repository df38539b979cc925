// The port to the store of files: recordings and artifacts, each under a key, complete or not at all.
// Implemented by objects.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/utc_time.h"

namespace vat {

/// An object as a file on this machine. The file stays readable while this exists, even if the object is
/// removed in the meantime (through an open descriptor); treat it as read-only.
struct LocalObject {
  std::filesystem::path path;
  std::uint64_t size = 0;      ///< Bytes.
  std::shared_ptr<void> hold;  ///< Removes a temporary copy when the last holder goes; may be empty.
};

struct StorageSpace {
  std::uint64_t free_bytes = 0;  ///< For this program's user; the largest number if unlimited.
  std::uint64_t total_bytes = 0;
};

/// Safe to use from any thread, by many processes. Keys come from make_object_key() only.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  /// Moves the file (on the same file system as staging()) into the store under `key`; once this returns, it
  /// survives a power cut. kDiskFull, kPermission.
  [[nodiscard]] virtual Result<> put(const std::string& key, const std::filesystem::path& file) = 0;
  /// kNotFound when there is no such object.
  [[nodiscard]] virtual Result<LocalObject> get(const std::string& key) = 0;
  /// It is not an error if it does not exist.
  [[nodiscard]] virtual Result<> remove(const std::string& key) = 0;
  /// Calls `take` with the keys of the objects that were created before `time`, some hundreds at a time, in
  /// no order. Stops at the first error of `take`. Its time grows with the number of objects.
  using TakeKeys = std::function<Result<>(const std::vector<std::string>& keys)>;
  [[nodiscard]] virtual Result<> each_older(UtcTime time, const TakeKeys& take) = 0;
  /// Where files are before put(): uploads as they arrive, artifacts as they are made.
  [[nodiscard]] virtual std::filesystem::path staging() const = 0;
  [[nodiscard]] virtual Result<StorageSpace> space() const = 0;
};

/// "KIND/UUID", for instance "uploads/019395a1-8f0e-...". `kind` is lower-case letters.
[[nodiscard]] std::string make_object_key(std::string_view kind);
/// The same with the caller's UUID, for objects that must be found again after a crash.
[[nodiscard]] std::string make_object_key(std::string_view kind, std::string_view uuid);
/// Whether a key has that form, so that it cannot name another file.
[[nodiscard]] bool is_object_key(std::string_view key);

}  // namespace vat

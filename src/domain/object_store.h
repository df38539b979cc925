// The port to where files are kept: recordings and artifacts, each under a key, whole or not at all.
// Implemented by objects; consumed by worker and api.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/utc_time.h"

namespace vat {

/// An object as a file on this machine. The file stays readable while this lives, even when the object is
/// removed meanwhile through an open descriptor; treat it as read-only.
struct LocalObject {
  std::filesystem::path path;
  std::uint64_t size = 0;      ///< Bytes.
  std::shared_ptr<void> hold;  ///< Removes a temporary copy when the last holder goes; may be empty.
};

struct StorageSpace {
  std::uint64_t free_bytes = 0;  ///< For this program's user; the largest number when there is no bound.
  std::uint64_t total_bytes = 0;
};

/// Safe to use from any thread, by many processes. Keys are made by make_object_key() and by nobody else.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  /// Moves the file (which is on the same file system as staging()) in under `key`; when this returns, it
  /// survives a power cut. The file is gone from its old name. kDiskFull, kPermission.
  [[nodiscard]] virtual Result<> put(const std::string& key, const std::filesystem::path& file) = 0;
  /// kNotFound when there is no such object.
  [[nodiscard]] virtual Result<LocalObject> get(const std::string& key) = 0;
  /// No error when it is not there.
  [[nodiscard]] virtual Result<> remove(const std::string& key) = 0;
  /// Gives `take` the keys of the objects that were made before `time`, some hundreds at a time, in no order.
  /// Ends with the first error of `take`. Takes as long as there are objects.
  using TakeKeys = std::function<Result<>(const std::vector<std::string>& keys)>;
  [[nodiscard]] virtual Result<> each_older(UtcTime time, const TakeKeys& take) = 0;
  /// Where files lie before put(): uploads as they arrive, artifacts as they are made.
  [[nodiscard]] virtual std::filesystem::path staging() const = 0;
  [[nodiscard]] virtual Result<StorageSpace> space() const = 0;
};

/// "KIND/UUID", for instance "uploads/019395a1-8f0e-...". `kind` is lower-case letters.
[[nodiscard]] std::string make_object_key(std::string_view kind);
/// The same with a UUID of the caller's, for what must find its object again after a crash.
[[nodiscard]] std::string make_object_key(std::string_view kind, std::string_view uuid);
/// Whether a key has that form, so that none can name another file.
[[nodiscard]] bool is_object_key(std::string_view key);

}  // namespace vat

// The port to the store of uploads. Implemented by db.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/upload.h"

namespace vat {

/// Safe to use from any thread. An upload of another user is kNotFound.
class UploadStore {
 public:
  virtual ~UploadStore() = default;
  /// Stores every field but `created_at` and `used`; makes an id if that is empty.
  [[nodiscard]] virtual Result<Upload> create(const Upload& upload) = 0;
  [[nodiscard]] virtual Result<Upload> get(const std::string& user_id, const std::string& upload_id) = 0;
  /// Sets a deferred length. kExists when it already has another value.
  [[nodiscard]] virtual Result<> set_size(const std::string& user_id, const std::string& upload_id,
                                          std::uint64_t size) = 0;
  /// A complete upload of the user with this fingerprint, if there is one; the content may be the same.
  [[nodiscard]] virtual Result<std::optional<Upload>> find_content(const std::string& user_id,
                                                                   const std::string& fingerprint) = 0;
  /// Makes it kComplete with filename, content_type, size, fingerprint, object_key, media and expires_at of
  /// the argument. One that a job uses has no expires_at.
  [[nodiscard]] virtual Result<> complete(const Upload& upload) = 0;
  /// Removes the row; returns the object key if it is no longer referenced, else empty. kExists when a job
  /// uses it.
  [[nodiscard]] virtual Result<std::string> remove(const std::string& user_id,
                                                   const std::string& upload_id) = 0;
  /// Uploads of the user with an id over `after_id`, in the order of ids.
  [[nodiscard]] virtual Result<std::vector<Upload>> list(const std::string& user_id,
                                                         const std::string& after_id, std::size_t limit) = 0;
  /// Uploads of all users whose expires_at has come and that no job has used.
  [[nodiscard]] virtual Result<std::vector<Upload>> expired(UtcTime now, std::size_t limit) = 0;
};

}  // namespace vat

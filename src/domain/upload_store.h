// The port to what the service remembers about uploads. Implemented by db; consumed by api.
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
  /// Takes every field but `created_at`; makes an id when that is empty.
  [[nodiscard]] virtual Result<Upload> create(const Upload& upload) = 0;
  [[nodiscard]] virtual Result<Upload> get(const std::string& user_id, const std::string& upload_id) = 0;
  /// A deferred length that became known. kExists when it is set to something else already.
  [[nodiscard]] virtual Result<> set_size(const std::string& user_id, const std::string& upload_id,
                                          std::uint64_t size) = 0;
  /// A complete upload of the user with this fingerprint, if there is one: perhaps the same content.
  [[nodiscard]] virtual Result<std::optional<Upload>> find_content(const std::string& user_id,
                                                                   const std::string& fingerprint) = 0;
  /// Becomes kComplete with size, fingerprint, object_key and media of the argument.
  [[nodiscard]] virtual Result<> complete(const Upload& upload) = 0;
  /// Removes the row; returns the object key when nothing refers to it any more, else empty. kExists when a
  /// job uses it.
  [[nodiscard]] virtual Result<std::string> remove(const std::string& user_id,
                                                   const std::string& upload_id) = 0;
  /// Unfinished uploads past their time, and complete ones that no job ever used and that are older than a
  /// day: of all users.
  [[nodiscard]] virtual Result<std::vector<Upload>> expired(UtcTime now, std::size_t limit) = 0;
};

}  // namespace vat

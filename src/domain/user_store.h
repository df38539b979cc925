// The port to users and their API keys. Implemented by db.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/user.h"

namespace vat {

/// Safe to use from any thread.
class UserStore {
 public:
  virtual ~UserStore() = default;
  [[nodiscard]] virtual Result<User> get(const std::string& user_id) = 0;

  /// Stores the key under the SHA-256 of its secret.
  [[nodiscard]] virtual Result<ApiKey> create_key(const ApiKey& key, const std::string& secret_sha256) = 0;
  [[nodiscard]] virtual Result<std::vector<ApiKey>> keys(const std::string& user_id) = 0;
  [[nodiscard]] virtual Result<> remove_key(const std::string& user_id, const std::string& key_id) = 0;
  /// The user of a key that has not expired, and marks it as used (at most once a minute). Empty: no such
  /// key.
  [[nodiscard]] virtual Result<std::optional<User>> find_by_key(const std::string& secret_sha256) = 0;
};

}  // namespace vat

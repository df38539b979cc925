// The port to access tokens: the families of refresh tokens, and the keys that sign. Implemented by db.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/user.h"

namespace vat {

/// At most so many families of a user; the oldest ends when another begins.
inline constexpr int kMaxTokenFamilies = 100;

/// Tokens that follow from one another. They end with the session or the key that they were made from.
struct TokenFamily {
  std::string id;  ///< UUID.
  std::string user_id;
  std::string session_id;  ///< Of one of the two.
  std::string key_id;
  Scopes scopes;
  UtcTime expires_at;
};

struct StoredSigningKey {
  std::string kid;
  std::string private_jwk;
  UtcTime signs_until;
  UtcTime expires_at;  ///< Published until then.
};

/// Safe to use from any thread.
class TokenStore {
 public:
  virtual ~TokenStore() = default;
  /// An id that is no UUID is replaced.
  [[nodiscard]] virtual Result<TokenFamily> begin_family(const TokenFamily& family,
                                                         const std::string& refresh_sha256) = 0;
  /// Replaces the refresh token by the next one. Empty when it is not the family's newest: then somebody uses
  /// a copy, and the family ends; or when there is no such family any more.
  [[nodiscard]] virtual Result<std::optional<TokenFamily>> rotate(const std::string& family_id,
                                                                  const std::string& old_sha256,
                                                                  const std::string& new_sha256,
                                                                  UtcTime expires_at) = 0;
  /// The user of a family that has not ended, with its scopes and what it was made from. Empty otherwise.
  [[nodiscard]] virtual Result<std::optional<Caller>> find_family(const std::string& family_id) = 0;

  /// Those that have not expired, the newest first.
  [[nodiscard]] virtual Result<std::vector<StoredSigningKey>> signing_keys() = 0;
  [[nodiscard]] virtual Result<> add_signing_key(const StoredSigningKey& key) = 0;
};

}  // namespace vat

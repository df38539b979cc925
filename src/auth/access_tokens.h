// Access tokens of our own (RFC 9068, signed with ES256), which a proxy or another service can check with the
// published keys, and the refresh tokens that renew them, each once.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/jose.h"
#include "base/result.h"
#include "base/utc_time.h"
#include "domain/token_store.h"

namespace vat::auth {

inline constexpr std::chrono::minutes kAccessTokenLifetime{10};
/// Without a refresh.
inline constexpr std::chrono::hours kRefreshTokenLifetime{24 * 30};
/// How long a key signs, and is published after that.
inline constexpr std::chrono::hours kSigningKeySigns{24 * 30};
inline constexpr std::chrono::hours kSigningKeyStays{24};

struct IssuedTokens {
  std::string access_token;
  std::string refresh_token;
  Scopes scopes;
};

/// Functions that return a Result block on the database; any thread may call any of them.
class AccessTokens {
 public:
  /// `issuer`: `iss` and `aud` of the tokens. `store` outlives it.
  AccessTokens(std::string issuer, TokenStore& store, UtcClock clock = utc_now);

  /// Whether a bearer token looks like one of these.
  [[nodiscard]] static bool is_one(std::string_view token);

  /// From the caller's key or session. kInvalidArgument when there is neither, as in local mode.
  [[nodiscard]] Result<IssuedTokens> issue(const Caller& caller, const Scopes& scopes);
  /// kUnauthorized for a refresh token that is not the newest of its family; if it was, and has been used,
  /// the family ends.
  [[nodiscard]] Result<IssuedTokens> refresh(const std::string& refresh_token);
  /// Empty unless the token is valid and its session or key still is.
  [[nodiscard]] Result<std::optional<Caller>> identify(std::string_view token);
  /// The public keys, as a JWK set.
  [[nodiscard]] Result<std::string> published_keys();

 private:
  struct Keys {
    std::optional<SigningKey> signing;  ///< Empty when none may sign any more.
    UtcTime signs_until;
    std::string published;
    KeySet set;
  };
  using KeptKeys = std::shared_ptr<const Keys>;
  [[nodiscard]] Result<KeptKeys> keys();
  [[nodiscard]] Result<KeptKeys> load();
  [[nodiscard]] Result<> add_key();
  [[nodiscard]] Result<std::string> sign(const TokenFamily& family);

  const std::string issuer_;
  TokenStore& store_;
  const UtcClock clock_;
  std::mutex mutex_;
  KeptKeys keys_;
  UtcTime loaded_at_{};
};

}  // namespace vat::auth

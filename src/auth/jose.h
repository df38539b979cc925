// Signed JSON Web Tokens (RFC 7515, 7517, 7519): the only door to libcjose. Foreign tokens and key sets are
// untrusted input: they are bounded, and nothing in a token chooses the key or the algorithm it is checked
// with.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vat::auth {

/// What a signature may be (RFC 7518, section 3.1). There is no "none" and no HMAC.
enum class Algorithm { kRs256, kPs256, kEs256 };
[[nodiscard]] std::string_view algorithm_name(Algorithm algorithm);
[[nodiscard]] std::optional<Algorithm> parse_algorithm(std::string_view name);

inline constexpr std::size_t kMaxTokenBytes = 16U * 1024;
inline constexpr std::size_t kMaxKeySetBytes = 256U * 1024;

/// The header of a token that nobody has verified.
struct TokenHeader {
  Algorithm algorithm = Algorithm::kRs256;
  std::string kid;  ///< Empty when there is none.
  std::string typ;  ///< In lower case; empty when there is none.
};
/// kUnauthorized for anything but three parts of which the first is the header of one of the algorithms,
/// without `crit` (nothing critical is understood here) and without a key or its address (`jwk`, `jku`,
/// `x5u`).
[[nodiscard]] Result<TokenHeader> read_token_header(std::string_view token);

/// The public keys of an issuer. Immutable; any thread may verify.
class KeySet {
 public:
  /// The signing keys of a JWK set that this program can use: RSA from 2048 bits, and P-256. Others, and more
  /// than 64, are left out. kBadData when it is no key set.
  [[nodiscard]] static Result<KeySet> parse(std::string_view json);

  [[nodiscard]] bool has(std::string_view kid) const;
  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  /// The claims, as JSON. kUnauthorized unless the algorithm is one of `allowed` and the signature is by the
  /// key with the token's `kid`, which must be of that algorithm's type. A token without `kid` needs a set in
  /// which only one key fits.
  [[nodiscard]] Result<std::string> verify(std::string_view token,
                                           const std::vector<Algorithm>& allowed) const;

 private:
  struct Key;
  std::vector<std::shared_ptr<const Key>> keys_;
};

/// A private key of our own: P-256, for ES256. Any thread may sign.
class SigningKey {
 public:
  [[nodiscard]] static Result<SigningKey> generate(const std::string& kid);
  /// The reverse of private_jwk(). kBadData for anything else.
  [[nodiscard]] static Result<SigningKey> parse(std::string_view private_jwk);

  [[nodiscard]] const std::string& kid() const { return kid_; }
  /// Secret.
  [[nodiscard]] Result<std::string> private_jwk() const;
  /// With `use` and `alg`, as it is published.
  [[nodiscard]] Result<std::string> public_jwk() const;
  /// `claims`: a JSON object.
  [[nodiscard]] Result<std::string> sign(const std::string& claims, const std::string& typ) const;

 private:
  struct Key;
  std::string kid_;
  std::shared_ptr<const Key> key_;
};

}  // namespace vat::auth

// Users of the service, their API keys, and what a request may do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utc_time.h"

namespace vat {

/// The only user in local mode. The first migration creates the row.
inline constexpr const char* kLocalUserId = "00000000-0000-7000-8000-000000000001";

enum class UserRole { kMember, kAdmin };
/// "member", "admin".
[[nodiscard]] std::string_view role_name(UserRole role);
[[nodiscard]] std::optional<UserRole> parse_role(std::string_view name);

struct User {
  std::string id;     ///< UUID.
  std::string email;  ///< Empty for the local user. Two users may have the same.
  std::string name;
  std::string picture_url;  ///< At the provider; empty when there is none.
  UtcTime created_at;
  UserRole role = UserRole::kMember;
  bool disabled = false;  ///< Nothing that belongs to the user lets anybody in.
};

/// What a credential allows, besides its user's role.
struct Scopes {
  bool read = false;   ///< Requests that change nothing.
  bool write = false;  ///< Those that do.
  bool admin = false;  ///< An admin's own, if its user is one.

  [[nodiscard]] static constexpr Scopes all() { return {true, true, true}; }
  /// Whether everything that `other` allows is allowed.
  [[nodiscard]] constexpr bool contain(const Scopes& other) const {
    return (read || !other.read) && (write || !other.write) && (admin || !other.admin);
  }
  [[nodiscard]] constexpr bool none() const { return !read && !write && !admin; }
  friend constexpr bool operator==(const Scopes&, const Scopes&) = default;
};
/// "read write admin", as OAuth has it (RFC 6749, section 3.3).
[[nodiscard]] std::string to_text(const Scopes& scopes);
/// Empty for a word that is no scope, and for no word.
[[nodiscard]] std::optional<Scopes> parse_scopes(std::string_view text);

/// A secret with which a program signs in. Only its digest is stored.
struct ApiKey {
  std::string id;  ///< UUID.
  std::string user_id;
  std::string name;    ///< Chosen by its owner.
  std::string prefix;  ///< The first characters of the secret, to tell keys apart: "vat_3fGk".
  UtcTime created_at;
  std::optional<UtcTime> last_used_at;
  std::optional<UtcTime> expires_at;
  Scopes scopes = Scopes::all();
};

/// Who makes a request, and what lets them in: a key, a session, an access token made from one of these, or,
/// with neither id, local mode.
struct Caller : User {
  Scopes scopes;
  std::string key_id;
  std::string session_id;
  [[nodiscard]] bool is_admin() const { return role == UserRole::kAdmin && scopes.admin; }
};

}  // namespace vat

// The port to users and their API keys. Implemented by db.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/user.h"

namespace vat {

/// The user of a key, and the key.
struct KeyOwner {
  User user;
  std::string key_id;
  Scopes scopes;
};

/// How a user looks: a small file of one of the types that browsers show.
struct Picture {
  std::string content_type;
  std::string bytes;
};

/// What is known of a picture without its bytes.
struct PictureFacts {
  std::string url;     ///< Where it was fetched; no longer its user's if that is another.
  std::string digest;  ///< SHA-256 in hexadecimal; empty: there was no picture.
  UtcTime fetched_at;
};

/// Safe to use from any thread.
class UserStore {
 public:
  virtual ~UserStore() = default;
  /// kNotFound when there is none.
  [[nodiscard]] virtual Result<User> get(const std::string& user_id) = 0;
  /// Of the users that have this address, ignoring case, the first; one without an address has none.
  [[nodiscard]] virtual Result<std::optional<User>> find_by_email(const std::string& email) = 0;
  /// At most `max` users with an id over `after`, in the order of ids, which is that of their creation.
  [[nodiscard]] virtual Result<std::vector<User>> list(const std::string& after, int max) = 0;
  /// A user who has not signed in yet: the first sign-in with this verified address becomes this user. An
  /// empty id is replaced by a new one. kExists when a user has the address.
  [[nodiscard]] virtual Result<User> add(const User& user) = 0;
  /// kNotFound when there is no such user; kInvalidArgument when no admin who is not disabled would be left,
  /// and for the local user, who stays an admin.
  [[nodiscard]] virtual Result<> set_role(const std::string& user_id, UserRole role) = 0;
  /// Also ends the user's sessions. Errors as set_role().
  [[nodiscard]] virtual Result<> set_disabled(const std::string& user_id, bool disabled) = 0;

  /// kNotFound when there is none.
  [[nodiscard]] virtual Result<Picture> picture(const std::string& user_id) = 0;
  /// Empty when none was ever looked for.
  [[nodiscard]] virtual Result<std::optional<PictureFacts>> picture_facts(const std::string& user_id) = 0;
  /// Replaces it; an empty one says that there is none at the address. kNotFound when there is no such user.
  [[nodiscard]] virtual Result<> set_picture(const std::string& user_id, const std::string& url,
                                             const Picture& picture) = 0;

  /// Stores the key under the SHA-256 of its secret.
  [[nodiscard]] virtual Result<ApiKey> create_key(const ApiKey& key, const std::string& secret_sha256) = 0;
  [[nodiscard]] virtual Result<std::vector<ApiKey>> keys(const std::string& user_id) = 0;
  [[nodiscard]] virtual Result<> remove_key(const std::string& user_id, const std::string& key_id) = 0;
  /// The owner of a key that has not expired, unless they are disabled, and marks it as used (at most once a
  /// minute). Empty: no such key.
  [[nodiscard]] virtual Result<std::optional<KeyOwner>> find_by_key(const std::string& secret_sha256) = 0;
};

}  // namespace vat

// The port to sign-ins and sessions. Implemented by db.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/session.h"

namespace vat {

/// At most so many sessions of a user; the least recently used one ends when another begins.
inline constexpr int kMaxSessions = 50;

/// Safe to use from any thread.
class SessionStore {
 public:
  virtual ~SessionStore() = default;

  /// The user of the identity, with name, address and picture as they are now at the provider. An identity
  /// that is new belongs to the user who was added with its verified address and has not signed in yet, else
  /// to a new user, if that is allowed. kUnauthorized, in one sentence for the person, when they are disabled
  /// or may not come in.
  [[nodiscard]] virtual Result<User> sign_in(const SignIn& person) = 0;

  /// Begins a session under the SHA-256 of its secret. Id and times are set here.
  [[nodiscard]] virtual Result<Session> begin(const Session& session, const std::string& secret_sha256,
                                              const SessionLifetimes& lifetimes) = 0;
  /// The owner of a session that has not expired, which counts as used (noted at most once a minute). Empty:
  /// no such session.
  [[nodiscard]] virtual Result<std::optional<SessionOwner>> find(const std::string& secret_sha256) = 0;
  [[nodiscard]] virtual Result<Session> get(const std::string& user_id, const std::string& session_id) = 0;
  /// Those that have not expired, the most recently used first.
  [[nodiscard]] virtual Result<std::vector<Session>> list(const std::string& user_id) = 0;
  /// kNotFound when the user has no such session.
  [[nodiscard]] virtual Result<> remove(const std::string& user_id, const std::string& session_id) = 0;
  /// All but `kept`, which may be empty; their number.
  [[nodiscard]] virtual Result<long long> remove_all(const std::string& user_id, const std::string& kept) = 0;
  /// Those that this provider ended: of the subject, of its session, or both where both are given; their
  /// number. `token_id` counts until `token_expires_at`: kExists when it was used before.
  [[nodiscard]] virtual Result<long long> end_at_provider(const std::string& provider,
                                                          const std::string& subject,
                                                          const std::string& provider_session,
                                                          const std::string& token_id,
                                                          UtcTime token_expires_at) = 0;
};

}  // namespace vat

// The SessionStore on the database. Private to db.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/access.h"
#include "domain/session_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlSessionStore final : public SessionStore {
 public:
  explicit SqlSessionStore(Access& access) : access_(access) {}

  Result<User> sign_in(const SignIn& person) override;
  Result<Session> begin(const Session& session, const std::string& secret_sha256,
                        const SessionLifetimes& lifetimes) override;
  Result<std::optional<SessionOwner>> find(const std::string& secret_sha256) override;
  Result<Session> get(const std::string& user_id, const std::string& session_id) override;
  Result<std::vector<Session>> list(const std::string& user_id) override;
  Result<> remove(const std::string& user_id, const std::string& session_id) override;
  Result<long long> remove_all(const std::string& user_id, const std::string& kept) override;
  Result<long long> end_at_provider(const std::string& provider, const std::string& subject,
                                    const std::string& provider_session, const std::string& token_id,
                                    UtcTime token_expires_at) override;

 private:
  Access& access_;
};

}  // namespace vat::db

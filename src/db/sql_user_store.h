// The UserStore on the database. Private to db.
#pragma once

#include <string>
#include <vector>

#include "db/access.h"
#include "domain/user_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlUserStore final : public UserStore {
 public:
  explicit SqlUserStore(Access& access) : access_(access) {}

  Result<User> get(const std::string& user_id) override;
  Result<std::optional<User>> find_by_email(const std::string& email) override;
  Result<std::vector<User>> list(const std::string& after, int max) override;
  Result<User> add(const User& user) override;
  Result<> set_role(const std::string& user_id, UserRole role) override;
  Result<> set_disabled(const std::string& user_id, bool disabled) override;
  Result<Picture> picture(const std::string& user_id) override;
  Result<std::optional<PictureFacts>> picture_facts(const std::string& user_id) override;
  Result<> set_picture(const std::string& user_id, const std::string& url, const Picture& picture) override;
  Result<ApiKey> create_key(const ApiKey& key, const std::string& secret_sha256) override;
  Result<std::vector<ApiKey>> keys(const std::string& user_id) override;
  Result<> remove_key(const std::string& user_id, const std::string& key_id) override;
  Result<std::optional<KeyOwner>> find_by_key(const std::string& secret_sha256) override;

 private:
  Access& access_;
};

}  // namespace vat::db

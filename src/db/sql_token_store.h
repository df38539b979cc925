// The TokenStore on the database. Private to db.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/access.h"
#include "domain/token_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlTokenStore final : public TokenStore {
 public:
  explicit SqlTokenStore(Access& access) : access_(access) {}

  Result<TokenFamily> begin_family(const TokenFamily& family, const std::string& refresh_sha256) override;
  Result<std::optional<TokenFamily>> rotate(const std::string& family_id, const std::string& old_sha256,
                                            const std::string& new_sha256, UtcTime expires_at) override;
  Result<std::optional<Caller>> find_family(const std::string& family_id) override;
  Result<std::vector<StoredSigningKey>> signing_keys() override;
  Result<> add_signing_key(const StoredSigningKey& key) override;

 private:
  Access& access_;
};

}  // namespace vat::db

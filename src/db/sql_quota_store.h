// The QuotaStore on the database. Private to db.
#pragma once

#include <string>

#include "db/access.h"
#include "domain/quota.h"

namespace vat::db {

/// `access` must outlive it.
class SqlQuotaStore final : public QuotaStore {
 public:
  explicit SqlQuotaStore(Access& access) : access_(access) {}

  Result<Allowance> allowance(const std::string& user_id) override;
  Result<> check(const std::string& user_id, std::size_t jobs, std::uint64_t bytes) override;
  Result<> set_own(const std::string& user_id, const OwnQuotas& quotas) override;
  Result<OwnQuotas> own(const std::string& user_id) override;

 private:
  Access& access_;
};

}  // namespace vat::db

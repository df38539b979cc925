// The AccountStore on the database. Private to db.
#pragma once

#include <string>
#include <vector>

#include "db/access.h"
#include "domain/account_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlAccountStore final : public AccountStore {
 public:
  explicit SqlAccountStore(Access& access) : access_(access) {}

  Result<RemovedJobs> remove_jobs(const std::string& user_id, std::size_t limit) override;
  Result<std::vector<std::string>> remove_account(const std::string& user_id) override;

 private:
  Access& access_;
};

}  // namespace vat::db

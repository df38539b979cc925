// The RetentionStore on the database. Private to db.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "db/access.h"
#include "domain/retention.h"

namespace vat::db {

/// `access` must outlive it.
class SqlRetentionStore final : public RetentionStore {
 public:
  SqlRetentionStore(Access& access, Retention installation) : access_(access), installation_(installation) {}

  [[nodiscard]] Retention installation() const override { return installation_; }
  Result<Retention> own(const std::string& user_id) override;
  Result<> set_own(const std::string& user_id, const Retention& retention) override;
  Result<std::vector<Removal>> upcoming(const std::string& user_id, std::size_t limit) override;
  Result<Carried> carry_out(UtcTime now, std::size_t limit) override;

 private:
  /// Users with their wishes; the installation's has an empty user.
  [[nodiscard]] Result<std::vector<std::pair<std::string, Retention>>> scopes();

  Access& access_;
  const Retention installation_;
};

}  // namespace vat::db

// The ShareStore on the database. Private to db.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/access.h"
#include "domain/share_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlShareStore final : public ShareStore {
 public:
  explicit SqlShareStore(Access& access) : access_(access) {}

  Result<Share> create(const std::string& user_id, const Share& share,
                       const std::string& secret_sha256) override;
  Result<std::vector<Share>> list(const std::string& user_id, const std::string& job_id) override;
  Result<> remove(const std::string& user_id, const std::string& job_id,
                  const std::string& share_id) override;
  Result<std::optional<SharedJob>> find(const std::string& secret_sha256) override;

 private:
  Access& access_;
};

}  // namespace vat::db

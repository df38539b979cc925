// The UploadStore on the database. Private to db.
#pragma once

#include <string>
#include <vector>

#include "db/access.h"
#include "domain/upload_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlUploadStore final : public UploadStore {
 public:
  explicit SqlUploadStore(Access& access) : access_(access) {}

  Result<Upload> create(const Upload& upload) override;
  Result<Upload> get(const std::string& user_id, const std::string& upload_id) override;
  Result<> set_size(const std::string& user_id, const std::string& upload_id, std::uint64_t size) override;
  Result<std::optional<Upload>> find_content(const std::string& user_id,
                                             const std::string& fingerprint) override;
  Result<> complete(const Upload& upload) override;
  Result<std::string> remove(const std::string& user_id, const std::string& upload_id) override;
  Result<std::vector<Upload>> list(const std::string& user_id, const std::string& after_id,
                                   std::size_t limit) override;
  Result<std::vector<Upload>> expired(UtcTime now, std::size_t limit) override;

 private:
  Access& access_;
};

}  // namespace vat::db

// The AuditLog on the database. Private to db.
#pragma once

#include <vector>

#include "db/access.h"
#include "domain/audit_log.h"

namespace vat::db {

/// `access` must outlive it.
class SqlAuditLog final : public AuditLog {
 public:
  explicit SqlAuditLog(Access& access) : access_(access) {}

  Result<> add(const AuditEntry& entry) override;
  Result<std::vector<AuditEntry>> list(std::int64_t before, std::size_t limit) override;
  Result<> remove_before(UtcTime time) override;

 private:
  Access& access_;
};

}  // namespace vat::db

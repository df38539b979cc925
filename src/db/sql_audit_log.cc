#include "db/sql_audit_log.h"

#include <limits>
#include <string>

namespace vat::db {
namespace {

struct AuditRow {
  long long id = 0, at = 0;
  std::string actor_id, action, subject, address, detail;
  template <class Visit>
  void columns(Visit visit) {
    visit(id), visit(at);
    for (std::string* text : {&actor_id, &action, &subject, &address, &detail}) visit(*text);
  }
  [[nodiscard]] AuditEntry entry() const {
    return {.id = id,
            .at = from_unix_millis(at),
            .actor_id = actor_id,
            .action = action,
            .subject = subject,
            .address = address,
            .detail = detail};
  }
};

}  // namespace

Result<> SqlAuditLog::add(const AuditEntry& entry) {
  return access_.write([&](Transaction& transaction) -> Result<> {
    transaction.sql.execute(
        "INSERT INTO audit_log (at, actor_id, action, subject, address, detail) VALUES (:at, :actor_id, "
        ":action, "
        ":subject, :address, :detail)",
        transaction.now, entry.actor_id, entry.action, entry.subject, entry.address, entry.detail);
    return {};
  });
}

Result<std::vector<AuditEntry>> SqlAuditLog::list(std::int64_t before, std::size_t limit) {
  const std::int64_t end = before > 0 ? before : std::numeric_limits<std::int64_t>::max();
  return access_.read([&](Connection& sql) -> Result<std::vector<AuditEntry>> {
    std::vector<AuditEntry> entries;
    sql.each<AuditRow>(
        "SELECT id, at, actor_id, action, subject, address, detail FROM audit_log WHERE id < :before ORDER "
        "BY id "
        "DESC LIMIT :limit",
        [&](const AuditRow& row) { entries.push_back(row.entry()); }, end, limit);
    return entries;
  });
}

Result<> SqlAuditLog::remove_before(UtcTime time) {
  return access_.write_to_delete([&](Transaction& transaction) -> Result<> {
    transaction.sql.execute("DELETE FROM audit_log WHERE at < :time", time);
    return {};
  });
}

}  // namespace vat::db

#include "db/object_use.h"

#include <algorithm>

namespace vat::db {
namespace {

constexpr int kContentLock = 0x7661'7402;

bool in_use(Transaction& transaction, const std::string& key) {
  return transaction.sql
      .row<long long>(
          "SELECT 1 FROM uploads WHERE object_key = :upload_key AND object_key <> '' "
          "UNION ALL SELECT 1 FROM artifacts WHERE object_key = :artifact_key LIMIT 1",
          key, key)
      .has_value();
}

}  // namespace

void lock_content(Transaction& transaction, const std::string& user_id) {
  if (transaction.sql.sqlite()) return;
  transaction.sql.row<std::string>(
      "SELECT CAST(pg_advisory_xact_lock(CAST(:class AS INTEGER), hashtext(:user_id)) AS TEXT)", kContentLock,
      user_id);
}

std::vector<std::string> unused_objects(Transaction& transaction, std::vector<std::string> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::erase_if(keys, [&](const std::string& key) { return key.empty() || in_use(transaction, key); });
  return keys;
}

}  // namespace vat::db

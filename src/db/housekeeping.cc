#include "db/housekeeping.h"

#include <algorithm>

namespace vat::db {
namespace {

/// In batches, so that nobody waits long for the writer.
constexpr int kRowsAtOnce = 5'000;

template <class... Times>
Result<> remove_in_steps(Access& access, std::string_view sql, Times... before) {
  for (;;) {
    VAT_ASSIGN(const long long removed, access.write([&](Transaction& transaction) -> Result<long long> {
      return transaction.sql.execute(sql, before..., kRowsAtOnce);
    }));
    if (removed < kRowsAtOnce) return {};
  }
}

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

Result<> keep_house(Access& access, UtcTime now) {
  constexpr std::chrono::hours kDay{24};
  // An event is older than its job's end, or the job itself was removed.
  VAT_TRY(remove_in_steps(
      access,
      "DELETE FROM events WHERE id IN (SELECT e.id FROM events e LEFT JOIN jobs j ON j.id = e.job_id "
      "WHERE e.created_at <= :before AND (j.id IS NULL OR j.finished_at <= :ended) LIMIT :limit)",
      now - kDay, now - kDay));
  VAT_TRY(remove_in_steps(access,
                          "DELETE FROM idempotency_keys WHERE (user_id, key) IN (SELECT user_id, key FROM "
                          "idempotency_keys WHERE created_at <= :before LIMIT :limit)",
                          now - kDay));
  VAT_TRY(
      remove_in_steps(access,
                      "DELETE FROM sessions WHERE token_sha256 IN (SELECT token_sha256 FROM sessions WHERE "
                      "expires_at <= :before LIMIT :limit)",
                      now));
  VAT_TRY(remove_in_steps(access,
                          "DELETE FROM token_families WHERE id IN (SELECT id FROM token_families WHERE "
                          "expires_at <= :before LIMIT :limit)",
                          now));
  VAT_TRY(
      remove_in_steps(access,
                      "DELETE FROM used_tokens WHERE id IN (SELECT id FROM used_tokens WHERE expires_at <= "
                      ":before LIMIT :limit)",
                      now));
  VAT_TRY(remove_in_steps(access,
                          "DELETE FROM shares WHERE id IN (SELECT id FROM shares WHERE expires_at <= "
                          ":before LIMIT :limit)",
                          now - 30 * kDay));
  return remove_in_steps(
      access,
      "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE "
      "created_at <= :before AND state <> 'pending' LIMIT :limit)",
      now - 30 * kDay);
}

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

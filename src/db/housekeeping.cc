#include "db/housekeeping.h"

namespace vat::db {
namespace {

/// In steps, so that nobody waits long for the writer.
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

}  // namespace

Result<> keep_house(Access& access, UtcTime now) {
  constexpr std::chrono::hours kDay{24};
  // An event is older than its job's end, or the job itself was removed.
  VAT_TRY(remove_in_steps(
      access,
      "DELETE FROM events WHERE id IN (SELECT e.id FROM events e LEFT JOIN jobs j ON j.id = e.job_id "
      "WHERE e.created_at <= :before AND (j.id IS NULL OR j.finished_at <= :ended) LIMIT :most)",
      now - kDay, now - kDay));
  VAT_TRY(remove_in_steps(access,
                          "DELETE FROM idempotency_keys WHERE (user_id, key) IN (SELECT user_id, key FROM "
                          "idempotency_keys WHERE created_at <= :before LIMIT :most)",
                          now - kDay));
  VAT_TRY(
      remove_in_steps(access,
                      "DELETE FROM sessions WHERE token_sha256 IN (SELECT token_sha256 FROM sessions WHERE "
                      "expires_at <= :before LIMIT :most)",
                      now));
  return remove_in_steps(
      access,
      "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE "
      "created_at <= :before AND state <> 'pending' LIMIT :most)",
      now - 30 * kDay);
}

}  // namespace vat::db

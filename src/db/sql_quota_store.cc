#include "db/sql_quota_store.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "base/uuid.h"
#include "db/quota_check.h"

namespace vat::db {
namespace {

tl::unexpected<Error> no_such_account() { return fail(ErrorCode::kNotFound, "There is no such user."); }

std::size_t jobs_in(Connection& sql, const std::string& user_id, std::string_view state) {
  return static_cast<std::size_t>(
      sql.row<long long>("SELECT COUNT(*) FROM jobs WHERE user_id = :user_id AND state = :state", user_id,
                         state)
          .value_or(0));
}

template <class Number>
std::optional<std::int64_t> storable_number(const std::optional<Number>& number) {
  if (!number) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min<std::uint64_t>(*number, kMax));
}

}  // namespace

Result<Allowance> SqlQuotaStore::allowance(const std::string& user_id) {
  if (!is_uuid(user_id)) return no_such_account();
  return access_.read([&](Connection& sql) -> Result<Allowance> {
    if (!sql.row<long long>("SELECT 1 FROM users WHERE id = :id", user_id)) return no_such_account();
    Allowance found;
    found.quotas = quotas_of(sql, access_.quotas(), user_id);
    found.usage.stored_bytes = stored_bytes(sql, user_id);
    found.usage.sound_this_month = sound_of_month(sql, user_id, access_.now());
    found.usage.waiting_jobs = jobs_in(sql, user_id, "queued");
    found.usage.running_jobs = jobs_in(sql, user_id, "processing");
    found.usage.month_ends = month_of(access_.now()).end;
    return found;
  });
}

Result<> SqlQuotaStore::check(const std::string& user_id, std::size_t jobs, std::uint64_t bytes) {
  if (!is_uuid(user_id)) return no_such_account();
  return access_.read([&](Connection& sql) -> Result<> {
    const Quotas quotas = quotas_of(sql, access_.quotas(), user_id);
    if (jobs > 0) VAT_TRY(check_queue(quotas, jobs_in(sql, user_id, "queued"), jobs));
    if (bytes > 0 && quotas.stored_bytes > 0) return check_bytes(quotas, stored_bytes(sql, user_id), bytes);
    return {};
  });
}

Result<> SqlQuotaStore::set_own(const std::string& user_id, const OwnQuotas& quotas) {
  if (!is_uuid(user_id)) return no_such_account();
  std::optional<std::int64_t> minutes;
  if (quotas.sound_per_month) minutes = quotas.sound_per_month->count();
  return access_.write([&](Transaction& transaction) -> Result<> {
    if (!transaction.sql.row<long long>("SELECT 1 FROM users WHERE id = :id", user_id))
      return no_such_account();
    transaction.sql.execute(
        "INSERT INTO user_quotas (user_id, stored_bytes, sound_minutes, waiting_jobs) VALUES (:user_id, "
        ":stored_bytes, :sound_minutes, :waiting_jobs) ON CONFLICT (user_id) DO UPDATE SET stored_bytes = "
        "excluded.stored_bytes, sound_minutes = excluded.sound_minutes, waiting_jobs = excluded.waiting_jobs",
        user_id, storable_number(quotas.stored_bytes), minutes, storable_number(quotas.waiting_jobs));
    return {};
  });
}

Result<OwnQuotas> SqlQuotaStore::own(const std::string& user_id) {
  if (!is_uuid(user_id)) return no_such_account();
  return access_.read([&](Connection& sql) -> Result<OwnQuotas> {
    using Row = std::tuple<long long, long long, long long>;
    const auto row = sql.row<Row>(
        "SELECT COALESCE(stored_bytes, -1), COALESCE(sound_minutes, -1), COALESCE(waiting_jobs, -1) FROM "
        "user_quotas WHERE user_id = :user_id",
        user_id);
    OwnQuotas own;
    if (!row) return own;
    const auto [bytes, minutes, jobs] = *row;
    if (bytes >= 0) own.stored_bytes = static_cast<std::uint64_t>(bytes);
    if (minutes >= 0) own.sound_per_month = std::chrono::minutes(minutes);
    if (jobs >= 0) own.waiting_jobs = static_cast<std::size_t>(jobs);
    return own;
  });
}

}  // namespace vat::db

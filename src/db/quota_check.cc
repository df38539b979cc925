#include "db/quota_check.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "base/bytes.h"
#include "db/housekeeping.h"

namespace vat::db {
namespace {

constexpr long long kInstallations = -1;  ///< In a row that was read: the user has none of their own.

std::size_t count_jobs(Connection& sql, const std::string& user_id, std::string_view state) {
  return static_cast<std::size_t>(
      sql.row<long long>("SELECT COUNT(*) FROM jobs WHERE user_id = :user_id AND state = :state", user_id,
                         state)
          .value_or(0));
}

std::string minutes_text(Millis time) {
  return std::to_string(std::chrono::ceil<std::chrono::minutes>(time).count());
}

}  // namespace

Quotas quotas_of(Connection& sql, const Quotas& installation, const std::string& user_id) {
  using Row = std::tuple<long long, long long, long long>;
  const auto row = sql.row<Row>(
      "SELECT COALESCE(stored_bytes, -1), COALESCE(sound_minutes, -1), COALESCE(waiting_jobs, -1) FROM "
      "user_quotas WHERE user_id = :user_id",
      user_id);
  Quotas quotas = installation;
  if (!row) return quotas;
  const auto [bytes, minutes, jobs] = *row;
  if (bytes != kInstallations) quotas.stored_bytes = static_cast<std::uint64_t>(bytes);
  if (minutes != kInstallations) quotas.sound_per_month = std::chrono::minutes(minutes);
  if (jobs != kInstallations) quotas.waiting_jobs = static_cast<std::size_t>(jobs);
  return quotas;
}

std::uint64_t stored_bytes(Connection& sql, const std::string& user_id) {
  const auto sum = [&](std::string_view statement) {
    return static_cast<std::uint64_t>(std::max(sql.row<long long>(statement, user_id).value_or(0), 0LL));
  };
  return sum("SELECT CAST(COALESCE(SUM(COALESCE(size, 0)), 0) AS BIGINT) FROM uploads WHERE user_id = "
             ":user_id AND "
             "(state = 'receiving' OR object_key <> '')") +
         sum("SELECT CAST(COALESCE(SUM(a.size), 0) AS BIGINT) FROM jobs j JOIN artifacts a ON a.job_id = "
             "j.id "
             "WHERE j.user_id = :user_id");
}

Month month_of(UtcTime time) {
  using namespace std::chrono;
  const year_month_day date(floor<days>(time));
  const year_month next = year_month(date.year(), date.month()) + months(1);
  return {static_cast<int>(date.year()) * 100LL + static_cast<unsigned>(date.month()),
          UtcTime(sys_days(next / day(1)))};
}

Millis sound_of_month(Connection& sql, const std::string& user_id, UtcTime now) {
  return Millis(sql.row<long long>("SELECT millis FROM sound_use WHERE user_id = :user_id AND month = :month",
                                   user_id, month_of(now).number)
                    .value_or(0));
}

Result<> check_bytes(const Quotas& quotas, std::uint64_t used, std::uint64_t more) {
  if (quotas.stored_bytes == 0 || (used <= quotas.stored_bytes && more <= quotas.stored_bytes - used))
    return {};
  return fail(ErrorCode::kDiskFull, "Your recordings and results may take up " +
                                        format_bytes(quotas.stored_bytes) + " here, and " +
                                        format_bytes(used) + " are in use; delete some first.");
}

Result<> check_queue(const Quotas& quotas, std::size_t waiting, std::size_t more) {
  if (quotas.waiting_jobs == 0 || waiting + more <= quotas.waiting_jobs) return {};
  return fail(Error(ErrorCode::kLimit, "You have " + std::to_string(waiting) +
                                           " waiting jobs; the limit here is " +
                                           std::to_string(quotas.waiting_jobs) + ".")
                  .as_retryable());
}

Result<> use_bytes(Transaction& transaction, const Quotas& installation, const std::string& user_id,
                   std::uint64_t bytes) {
  const Quotas quotas = quotas_of(transaction.sql, installation, user_id);
  if (quotas.stored_bytes == 0 || bytes == 0) return {};
  lock_content(transaction, user_id);
  return check_bytes(quotas, stored_bytes(transaction.sql, user_id), bytes);
}

Result<> use_queue(Transaction& transaction, const Quotas& installation, const std::string& user_id,
                   std::size_t jobs) {
  const Quotas quotas = quotas_of(transaction.sql, installation, user_id);
  if (quotas.waiting_jobs == 0) return {};
  lock_content(transaction, user_id);
  return check_queue(quotas, count_jobs(transaction.sql, user_id, "queued"), jobs);
}

Result<> use_sound(Transaction& transaction, const Quotas& installation, const std::string& user_id,
                   Millis sound) {
  if (sound <= Millis(0)) return {};
  const Quotas quotas = quotas_of(transaction.sql, installation, user_id);
  const Month month = month_of(transaction.now);
  if (quotas.sound_per_month.count() > 0) {
    const Millis used = sound_of_month(transaction.sql, user_id, transaction.now);
    if (used + sound > quotas.sound_per_month) {
      Error error =
          Error(ErrorCode::kLimit, "You may process " + std::to_string(quotas.sound_per_month.count()) +
                                       " minutes of sound a month here; this needs " + minutes_text(sound) +
                                       ", and " + minutes_text(used) + " have been used.")
              .as_retryable();
      error.retry_seconds =
          static_cast<int>(std::chrono::ceil<std::chrono::seconds>(month.end - transaction.now).count());
      return fail(std::move(error));
    }
  }
  count_sound(transaction, user_id, sound);
  return {};
}

void count_sound(Transaction& transaction, const std::string& user_id, Millis sound) {
  transaction.sql.execute(
      "INSERT INTO sound_use (user_id, month, millis) VALUES (:user_id, :month, :millis) ON CONFLICT "
      "(user_id, "
      "month) DO UPDATE SET millis = sound_use.millis + excluded.millis",
      user_id, month_of(transaction.now).number, sound);
}

}  // namespace vat::db

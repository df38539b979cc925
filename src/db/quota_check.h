// Quotas inside the transaction that uses them. Private to db.
#pragma once

#include <cstdint>
#include <string>

#include "db/access.h"
#include "domain/quota.h"

namespace vat::db {

/// The installation's, with the user's own in their place.
[[nodiscard]] Quotas quotas_of(Connection& sql, const Quotas& installation, const std::string& user_id);

/// Uploads and files of jobs.
[[nodiscard]] std::uint64_t stored_bytes(Connection& sql, const std::string& user_id);
[[nodiscard]] Millis sound_of_month(Connection& sql, const std::string& user_id, UtcTime now);

/// 202611. `end`: when the next one begins.
struct Month {
  std::int64_t number = 0;
  UtcTime end;
};
[[nodiscard]] Month month_of(UtcTime time);

/// Fails unless `bytes` more fit; no more transaction of the user counts until this one ends. kDiskFull.
[[nodiscard]] Result<> use_bytes(Transaction& transaction, const Quotas& installation,
                                 const std::string& user_id, std::uint64_t bytes);
/// The same for `jobs` more in the queue, and for the sound of their recordings, which is then counted. A
/// retryable kLimit.
[[nodiscard]] Result<> use_queue(Transaction& transaction, const Quotas& installation,
                                 const std::string& user_id, std::size_t jobs);
[[nodiscard]] Result<> use_sound(Transaction& transaction, const Quotas& installation,
                                 const std::string& user_id, Millis sound);
/// Counts sound whose length became known late.
void count_sound(Transaction& transaction, const std::string& user_id, Millis sound);

/// The errors, for checks outside a transaction.
[[nodiscard]] Result<> check_bytes(const Quotas& quotas, std::uint64_t used, std::uint64_t more);
[[nodiscard]] Result<> check_queue(const Quotas& quotas, std::size_t waiting, std::size_t more);

}  // namespace vat::db

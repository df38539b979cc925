// How much a user may have of what all share, and the port to it. Implemented by db.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "base/utc_time.h"

namespace vat {

/// 0: as much as there is.
struct Quotas {
  std::uint64_t stored_bytes = 0;  ///< Of uploads, with those that are arriving, and files of jobs.
  /// Length of the recordings of new jobs, in a calendar month of UTC.
  std::chrono::minutes sound_per_month{0};
  std::size_t waiting_jobs = 1'000;  ///< Queued.

  friend bool operator==(const Quotas&, const Quotas&) = default;
};

/// Those of one user, where they differ from the installation's.
struct OwnQuotas {
  std::optional<std::uint64_t> stored_bytes;
  std::optional<std::chrono::minutes> sound_per_month;
  std::optional<std::size_t> waiting_jobs;
};

/// What a user has and has used.
struct Usage {
  std::uint64_t stored_bytes = 0;
  Millis sound_this_month{0};
  std::size_t waiting_jobs = 0;
  std::size_t running_jobs = 0;
  UtcTime month_ends;  ///< When the sound counts from zero again.
};

struct Allowance {
  Quotas quotas;  ///< Of this user.
  Usage usage;
};

/// Safe to use from any thread. The quotas are enforced by the stores of jobs and uploads, in the transaction
/// that uses them: kDiskFull for bytes, a retryable kLimit for the rest.
class QuotaStore {
 public:
  virtual ~QuotaStore() = default;
  /// kNotFound when there is no such user.
  [[nodiscard]] virtual Result<Allowance> allowance(const std::string& user_id) = 0;
  /// Whether the user may queue `jobs` more and store `bytes` more at this moment, for an early refusal.
  [[nodiscard]] virtual Result<> check(const std::string& user_id, std::size_t jobs, std::uint64_t bytes) = 0;
  /// Replaces the user's own quotas. kNotFound when there is no such user.
  [[nodiscard]] virtual Result<> set_own(const std::string& user_id, const OwnQuotas& quotas) = 0;
  [[nodiscard]] virtual Result<OwnQuotas> own(const std::string& user_id) = 0;
};

}  // namespace vat

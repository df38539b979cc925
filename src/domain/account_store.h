// The port to whole accounts: what a user has, to hand it over or to remove it. Implemented by db.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace vat {

struct RemovedJobs {
  std::size_t jobs = 0;
  std::vector<std::string> object_keys;  ///< No longer referenced; the caller must remove the objects.
  bool more = false;                     ///< There may be more jobs.
};

/// Safe to use from any thread.
class AccountStore {
 public:
  virtual ~AccountStore() = default;
  /// Cancels and removes up to `limit` jobs of the user, with all that belongs to them, as
  /// JobStore::remove().
  [[nodiscard]] virtual Result<RemovedJobs> remove_jobs(const std::string& user_id, std::size_t limit) = 0;
  /// Removes whatever is left of the user, and the user; of the local user, whom the service needs,
  /// everything but the user. Returns the keys of objects that are no longer referenced.
  [[nodiscard]] virtual Result<std::vector<std::string>> remove_account(const std::string& user_id) = 0;
};

}  // namespace vat

// The port to the record of who did what to accounts: sign-ins, keys, roles, deletions, exports. Implemented
// by db.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/utc_time.h"

namespace vat {

struct AuditEntry {
  std::int64_t id = 0;  ///< Ascends.
  UtcTime at;
  std::string actor_id;  ///< The user who did it; "operator" at the command line.
  std::string action;    ///< "key.created"; see docs/security.md.
  std::string subject;   ///< What it was done to: the id of a user or a key.
  std::string address;   ///< Of the client; empty if there is none.
  std::string detail;    ///< One line; no secrets, and nothing of what recordings say.
};

/// Entries are added and, when they are old, removed, and never changed. Safe to use from any thread.
class AuditLog {
 public:
  virtual ~AuditLog() = default;
  /// `id` and `at` of the argument are ignored.
  [[nodiscard]] virtual Result<> add(const AuditEntry& entry) = 0;
  /// Newest first, of those with id < `before` (0: all), at most `limit`.
  [[nodiscard]] virtual Result<std::vector<AuditEntry>> list(std::int64_t before, std::size_t limit) = 0;
  /// Removes entries that are older.
  [[nodiscard]] virtual Result<> remove_before(UtcTime time) = 0;
};

}  // namespace vat

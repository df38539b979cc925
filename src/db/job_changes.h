// The ways in which a job changes, with the events, notifications and deliveries that tell of it. Private to
// db.
#pragma once

#include <chrono>
#include <string>

#include "db/access.h"
#include "domain/job.h"

namespace vat::db {

/// A lease that a job gets with JobAction::kClaim.
struct NewLease {
  std::string token, worker;
  std::chrono::milliseconds length{0};
};

/// Applies the action to `job`, whose row is locked: state, times, event, notifications and, at the end,
/// deliveries. Everything else that the caller changed in attempt, lost_workers, failure, progress, warnings
/// and not_before is stored with it. False when the action is not allowed in the job's state; nothing is
/// changed then.
[[nodiscard]] bool apply(Transaction& transaction, Job& job, JobAction action, const NewLease& lease = {});

/// {"state":"failed","attempt":2,"error":{...}}; `priority` only if it changed.
[[nodiscard]] std::string state_event(const Job& job, bool with_priority = false);

}  // namespace vat::db

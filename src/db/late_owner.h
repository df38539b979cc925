// The owner of an expired lease who was not dead, only late: suspended, stopped, or cut off from the
// database. Private to db.
#pragma once

#include <vector>

#include "db/access.h"
#include "domain/job_queue.h"

namespace vat::db {

/// Ends every lease that has expired, but renews those that the caller still holds. The jobs go back to the
/// queue, or fail when this has happened too often.
void end_expired_leases(Transaction& transaction, const QueueLimits& limits, const std::vector<Lease>& held);

enum class LateReturn {
  kUnknown,    ///< It is not the lease that expired last.
  kTakenBack,  ///< Nobody had begun the job since: it is held again, as if nothing had happened.
  kTooLate,    ///< Another worker has the job; the loss is no longer counted against the job.
};

/// What becomes of a lease that is not valid any more. Locks the job.
[[nodiscard]] LateReturn return_late(Transaction& transaction, const Lease& lease);

}  // namespace vat::db

// What holders of a lease may do. Private to db.
#pragma once

#include "db/access.h"
#include "db/job_rows.h"
#include "domain/job_queue.h"

namespace vat::db {

/// The job of a lease that is still held, locked until the end of the transaction. kCancelled when it is
/// lost.
[[nodiscard]] Result<FullJobRow> lock_leased(Transaction& transaction, const Lease& lease);
/// The same without reading the job: its user.
[[nodiscard]] Result<std::string> lock_lease(Transaction& transaction, const Lease& lease);

}  // namespace vat::db

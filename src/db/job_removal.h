// Removing a job with everything that belongs to it. Private to db.
#pragma once

#include <string>
#include <vector>

#include "db/access.h"
#include "db/job_rows.h"

namespace vat::db {

/// Removes the job, whose row is locked and which is not running, and its upload unless another job uses it.
/// Adds the keys of its objects to `keys`; lock_content() was called before.
void remove_job_rows(Transaction& transaction, const FullJobRow& row, std::vector<std::string>& keys);

}  // namespace vat::db

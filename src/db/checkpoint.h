// Finished chunks of a job in the database. Private to db.
#pragma once

#include <memory>

#include "db/access.h"
#include "domain/checkpoint.h"
#include "domain/job_queue.h"

namespace vat::db {

/// `access` outlives it.
[[nodiscard]] std::unique_ptr<CheckpointStore> make_checkpoint(Access& access, const Lease& lease);

}  // namespace vat::db

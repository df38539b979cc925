// Periodic housekeeping of the service: removes unfinished uploads, orphaned files, old rows of the database,
// and what has been kept long enough.
#pragma once

#include <memory>

#include "db/database.h"
#include "domain/object_store.h"
#include "operation/periodic.h"
#include "pipeline/speech.h"
#include "uploads/intake.h"

namespace vat::app {

/// Cleans up the uploads before it returns, then everything on a thread of its own. All arguments must
/// outlive it.
[[nodiscard]] std::unique_ptr<operation::Periodic> start_upkeep(uploads::Intake& intake, ObjectStore& objects,
                                                                db::Database& database,
                                                                const pipeline::Speech& speech,
                                                                Days keep_audit_log);

}  // namespace vat::app

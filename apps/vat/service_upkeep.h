// What the service does from time to time: it removes unfinished uploads, files that belong to nothing, and
// old rows of the database.
#pragma once

#include <memory>

#include "db/database.h"
#include "domain/object_store.h"
#include "operation/periodic.h"
#include "uploads/intake.h"

namespace vat::app {

/// Looks after the uploads before it returns, then after everything on a thread of its own. All outlive it.
[[nodiscard]] std::unique_ptr<operation::Periodic> start_upkeep(uploads::Intake& intake, ObjectStore& objects,
                                                                db::Database& database);

}  // namespace vat::app

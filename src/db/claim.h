// Which job a worker gets. Private to db; the statement is its own so that a test can ask for its plan.
#pragma once

#include <string>

#include "db/sql_error.h"

namespace vat::db {

/// Finds the job to claim: arguments are the time and the most running jobs of one user. It looks at
/// one job of each waiting user, not at all that wait.
[[nodiscard]] const std::string& next_job_statement(Engine engine);

}  // namespace vat::db

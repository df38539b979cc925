// How a job's files come and go, with the events that tell of it. Private to db.
#pragma once

#include <optional>
#include <string>

#include "db/access.h"
#include "domain/job.h"

namespace vat::db {

/// Adds the file to the job, whose row is locked, in place of one of the same name; that one's object key.
std::optional<std::string> put_artifact(Transaction& transaction, const std::string& user_id,
                                        const std::string& job_id, const Artifact& artifact);

}  // namespace vat::db

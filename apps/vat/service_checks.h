// What the service's readiness depends on.
#pragma once

#include <vector>

#include "catalog/recognisers.h"
#include "catalog/store.h"
#include "db/database.h"
#include "domain/object_store.h"
#include "operation/readiness.h"
#include "serve_service.h"
#include "voice_background.h"

namespace vat::app {

/// The database, the disk, the queue, and the default engine of jobs; natural voices, which are not
/// vital. All arguments must outlive the checks.
[[nodiscard]] std::vector<operation::Check> readiness_checks(const ServiceConfiguration& configuration,
                                                             db::Database& database, ObjectStore& objects,
                                                             const catalog::ModelStore& models,
                                                             const catalog::RecogniserStore& recognisers,
                                                             const BackgroundVoices& voices);

}  // namespace vat::app

// Resumable uploads: tus 1.0 under /api/v1/uploads. Private to api.
#pragma once

#include <memory>

#include "api/uploads/intake.h"
#include "http/router.h"

namespace vat::api {

void add_tus_routes(http::Router& router, const std::shared_ptr<Intake>& intake);

}  // namespace vat::api

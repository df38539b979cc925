// Resumable uploads: tus 1.0 under /api/v1/uploads. Private to api.
#pragma once

#include "api/services.h"
#include "http/router.h"

namespace vat::api {

void add_tus_routes(http::Router& router, const Services& services);

}  // namespace vat::api

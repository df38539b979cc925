// POST /v1/audio/speech. Private to api.
#pragma once

#include "api/services.h"
#include "http/router.h"

namespace vat::api {

void add_openai_speech_route(http::Router& router, const Services& services);

}  // namespace vat::api

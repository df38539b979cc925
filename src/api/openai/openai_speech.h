// POST /v1/audio/speech. Private to api.
#pragma once

#include <memory>

#include "api/uploads/intake.h"
#include "http/router.h"

namespace vat::api {

void add_openai_speech_route(http::Router& router, const std::shared_ptr<Intake>& intake);

}  // namespace vat::api

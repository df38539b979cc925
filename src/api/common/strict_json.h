// Strict JSON parsing for the API. Private to api.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "base/result.h"

namespace vat::api {

/// kInvalidArgument when the text is not valid JSON (RFC 8259), is nested deeper than 32, or has a member
/// twice.
[[nodiscard]] Result<boost::json::value> parse_strict_json(std::string_view text);

}  // namespace vat::api

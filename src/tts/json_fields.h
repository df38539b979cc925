// Reads untrusted JSON. Internal to the .cc files of tts, because it exposes Boost.JSON.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vat::tts {

/// The text as one JSON object; kBadData, naming `what`, for anything else.
[[nodiscard]] Result<boost::json::object> parse_object(std::string_view text, std::string_view what);
/// The field's text; empty if it is missing or not a string.
[[nodiscard]] std::string string_field(const boost::json::object& fields, std::string_view name);
/// The field's object; null when there is none.
[[nodiscard]] const boost::json::object* object_field(const boost::json::object& fields,
                                                      std::string_view name);

}  // namespace vat::tts

// Members of JSON objects from strangers. Private to auth.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vat::auth {

/// Empty unless it is a JSON object of moderate depth. Of two members of one name, the last counts.
[[nodiscard]] std::optional<boost::json::object> parse_json_object(std::string_view text);
/// Empty when there is none, or it is not a string.
[[nodiscard]] std::string text_member(const boost::json::object& object, std::string_view name);
[[nodiscard]] bool true_member(const boost::json::object& object, std::string_view name);
/// Whole seconds since 1970 of a NumericDate (RFC 7519, section 2).
[[nodiscard]] std::optional<std::int64_t> seconds_member(const boost::json::object& object,
                                                         std::string_view name);
/// RFC 4648, section 5, without padding.
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);
/// Whether the member is this word, or an array with it.
[[nodiscard]] bool names(const boost::json::object& object, std::string_view member, std::string_view word);

}  // namespace vat::auth

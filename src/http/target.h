// The target of a request taken apart: its form, its path and query, its percent-encoding (RFC 9112, section
// 3.2; RFC 3986). Every foreign byte of it is checked here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace vat::http {

/// The text with %XX replaced. Empty for an escape that is none, for NUL, and for what is not UTF-8.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
/// application/x-www-form-urlencoded: "a=1&b=x+y" decoded, in order. Empty as above.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(
    std::string_view text);

/// Whether this is a host with an optional port: "localhost:8000", "[::1]".
[[nodiscard]] bool is_host(std::string_view text);

/// Fills path, query and, for a whole URL, host of the request from its target and method. "*" becomes the
/// path. kInvalidArgument for a target that is none.
[[nodiscard]] Result<> parse_target(Request& request);

}  // namespace vat::http

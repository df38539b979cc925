// Parses the target of a request: its form, path and query, and percent-encoding (RFC 9112, section 3.2; RFC
// 3986), and validates every byte of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace vat::http {

/// The text with %XX replaced. Empty for an invalid escape, for NUL, and for invalid UTF-8.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
/// application/x-www-form-urlencoded: "a=1&b=x+y" decoded, in order. Empty as above.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(
    std::string_view text);

/// Whether this is a host with an optional port: "localhost:8000", "[::1]".
[[nodiscard]] bool is_host(std::string_view text);

/// Fills path, query and, for a whole URL, host of the request from its target and method. "*" becomes the
/// path. kInvalidArgument for an invalid target.
[[nodiscard]] Result<> parse_target(Request& request);

}  // namespace vat::http

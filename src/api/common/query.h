// Validated query parameters. Every error is kInvalidArgument (400) and names the parameter. Private to api.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/utc_time.h"
#include "http/message.h"

namespace vat::api {

[[nodiscard]] Result<std::optional<std::int64_t>> query_integer(const http::Request& request,
                                                                std::string_view name, std::int64_t min,
                                                                std::int64_t max);
/// Well-formed UTF-8 without U+0000; empty when absent.
[[nodiscard]] Result<std::string> query_text(const http::Request& request, std::string_view name,
                                             std::size_t max_bytes);
/// A point in time by RFC 3339.
[[nodiscard]] Result<std::optional<UtcTime>> query_time(const http::Request& request, std::string_view name);
/// "true" or "false"; false when absent.
[[nodiscard]] Result<bool> query_flag(const http::Request& request, std::string_view name);

/// The parameter `limit`: 1 to 200, 50 when absent.
[[nodiscard]] Result<std::size_t> query_limit(const http::Request& request);

}  // namespace vat::api

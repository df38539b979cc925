// The wall clock: points in time as the service stores and shows them. Places in a recording are Millis
// (base/time.h), never these.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace vat {

/// UTC with the resolution of the database: milliseconds since 1970-01-01 without leap seconds.
using UtcTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// A clock; tests use one that they move by hand. Any thread may call it.
using UtcClock = std::function<UtcTime()>;

[[nodiscard]] UtcTime utc_now();

/// RFC 3339 with milliseconds: "2026-11-25T00:47:37.123Z".
[[nodiscard]] std::string to_rfc3339(UtcTime time);

[[nodiscard]] constexpr std::int64_t to_unix_millis(UtcTime time) { return time.time_since_epoch().count(); }
[[nodiscard]] constexpr UtcTime from_unix_millis(std::int64_t millis) {
  return UtcTime(std::chrono::milliseconds(millis));
}

}  // namespace vat

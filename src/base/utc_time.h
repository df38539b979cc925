// The wall clock: points in time as they are stored and shown. Places in a recording are Millis
// (base/time.h), never these. Every function may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace vat {

/// UTC with the resolution of the database: milliseconds since 1970-01-01 without leap seconds.
using UtcTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// A clock; tests use one that they move by hand. Any thread may call it.
using UtcClock = std::function<UtcTime()>;

[[nodiscard]] UtcTime utc_now();
/// A clock for waiting: UTC when it was made, and from then on the time that has really passed. Setting the
/// machine's clock does not move it; like every monotonic clock it stands still while the machine sleeps.
[[nodiscard]] UtcClock make_steady_clock();

/// RFC 3339 with milliseconds: "2026-11-25T00:47:37.123Z".
[[nodiscard]] std::string to_rfc3339(UtcTime time);
/// Empty for none.
[[nodiscard]] inline std::string to_rfc3339(const std::optional<UtcTime>& time) {
  return time ? to_rfc3339(*time) : std::string();
}
/// "2026-11-25T00:47:37.123+01:00" (RFC 3339, section 5.6), to the millisecond; empty for anything else. A
/// leap second is the last millisecond before it.
[[nodiscard]] std::optional<UtcTime> parse_rfc3339(std::string_view text);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (IMF-fixdate, RFC 9110, section 5.6.7).
[[nodiscard]] std::string to_http_date(UtcTime time);
/// Any of the three forms of a date (RFC 9110, section 5.6.7); empty for anything else.
[[nodiscard]] std::optional<UtcTime> parse_http_date(std::string_view text);

/// To the millisecond before.
[[nodiscard]] constexpr UtcTime to_utc(std::chrono::system_clock::time_point time) {
  return std::chrono::floor<std::chrono::milliseconds>(time);
}
[[nodiscard]] constexpr std::int64_t to_unix_millis(UtcTime time) { return time.time_since_epoch().count(); }
[[nodiscard]] constexpr UtcTime from_unix_millis(std::int64_t millis) {
  return UtcTime(std::chrono::milliseconds(millis));
}
[[nodiscard]] constexpr UtcTime from_unix_seconds(std::int64_t seconds) {
  return UtcTime(std::chrono::seconds(seconds));
}

}  // namespace vat

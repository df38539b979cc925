// Server-sent events (WHATWG HTML, section 9.2).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace vat::http {

/// One event in its wire format; `data` may have several lines. `id` and `event` may be empty.
[[nodiscard]] std::string format_event(std::string_view id, std::string_view event, std::string_view data);

/// The Last-Event-ID field as a number, or the `last_event_id` parameter of the query; empty if missing or
/// not a number.
[[nodiscard]] std::optional<std::int64_t> last_event_id(const Request& request);

/// 200 text/event-stream whose events `stream` writes; it must write a comment as a heartbeat after waiting
/// in vain. The connection closes afterwards.
[[nodiscard]] Response event_stream_response(StreamBody stream);

inline constexpr std::string_view kHeartbeat = ": heartbeat\n\n";

}  // namespace vat::http

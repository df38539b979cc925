#include "http/event_stream.h"

#include <limits>

#include "base/number.h"
#include "base/text.h"
#include "http/fields.h"

namespace vat::http {
std::string format_event(std::string_view id, std::string_view event, std::string_view data) {
  std::string text;
  text.reserve(id.size() + event.size() + data.size() + 32);
  // A line break would end the field.
  if (!id.empty()) text += "id: " + one_line(id) + "\n";
  if (!event.empty()) text += "event: " + one_line(event) + "\n";
  std::size_t start = 0;
  while (true) {
    const std::size_t end = data.find_first_of("\r\n", start);
    text += "data: ";
    text += data.substr(start, end - start);
    text += '\n';
    if (end == std::string_view::npos) break;
    start = end + (data.substr(end, 2) == "\r\n" ? 2 : 1);
  }
  text += '\n';
  return text;
}

std::optional<std::int64_t> last_event_id(const Request& request) {
  std::string_view text = request.header("Last-Event-ID");
  if (text.empty()) text = request.query_value("last_event_id").value_or("");
  const auto number = parse_number<std::uint64_t>(text, 0, std::numeric_limits<std::int64_t>::max());
  return number ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
}

Response event_stream_response(StreamBody stream) {
  Response response;
  response.set("Content-Type", "text/event-stream");
  response.set("Cache-Control", "no-store");
  // Tells buffering proxies to pass the stream on.
  response.set("X-Accel-Buffering", "no");
  response.body = std::move(stream);
  return response;
}

}  // namespace vat::http

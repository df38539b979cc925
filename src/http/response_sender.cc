#include "http/response_sender.h"

#include <array>
#include <charconv>

#include "base/log.h"
#include "base/number.h"
#include "http/fields.h"
#include "http/file_sender.h"
#include "http/status.h"
#include "http/stream_writer.h"

namespace vat::http {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

/// How the client learns where the body ends (RFC 9112, section 6).
struct Framing {
  bool has_body = true;
  bool chunked = false;
  std::optional<std::uint64_t> length;
  bool close = false;  ///< The body ends with the connection.
};

Framing framing_of(const Response& response, bool is_1_1) {
  Framing framing;
  if (response.status == 204 || response.status == 304 || response.status < 200) {
    framing.has_body = false;
    return framing;
  }
  framing.length = std::visit(
      Overloaded{[](const std::string& body) { return std::optional<std::uint64_t>(body.size()); },
                 [](const StaticBody& body) { return std::optional<std::uint64_t>(body.bytes.size()); },
                 [](const FileBody& body) { return std::optional<std::uint64_t>(body.length); },
                 [&response](const StreamBody&) {
                   return parse_number<std::uint64_t>(find_header(response.headers, "Content-Length"));
                 }},
      response.body);
  if (framing.length) return framing;
  framing.chunked = is_1_1;
  framing.close = !is_1_1;
  return framing;
}

void append_number(std::string& text, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  const std::size_t start = head.size();
  head += value;
  // A line break in a value would allow injecting fields, or a whole response.
  for (std::size_t i = start; i < head.size(); ++i)
    if (static_cast<unsigned char>(head[i]) < 0x20 && head[i] != '\t') head[i] = ' ';
  head += "\r\n";
}

/// Fields that only the server sets.
bool is_reserved(std::string_view name) {
  for (const std::string_view reserved :
       {std::string_view("content-length"), std::string_view("date"), std::string_view("connection"),
        std::string_view("x-request-id"), std::string_view("transfer-encoding")})
    if (equals_ignoring_case(name, reserved)) return true;
  return false;
}

std::string make_head(const Response& response, const Framing& framing, const SendPlan& plan,
                      std::string_view date) {
  std::string head;
  head.reserve(384);
  head += "HTTP/1.1 ";
  append_number(head, static_cast<std::uint64_t>(response.status));
  head += ' ';
  head += reason_phrase(response.status);
  head += "\r\n";
  append_field(head, "Date", date);
  bool sniffing_settled = false;
  for (const auto& [name, value] : response.headers) {
    if (is_reserved(name)) continue;
    sniffing_settled = sniffing_settled || equals_ignoring_case(name, "X-Content-Type-Options");
    append_field(head, name, value);
  }
  if (!sniffing_settled) head += "X-Content-Type-Options: nosniff\r\n";
  append_field(head, "X-Request-Id", plan.request_id);
  if (framing.has_body && framing.length) {
    head += "Content-Length: ";
    append_number(head, *framing.length);
    head += "\r\n";
  } else if (framing.has_body && framing.chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  }
  if (!plan.keep_alive)
    head += "Connection: close\r\n";
  else if (!plan.is_1_1)
    head += "Connection: keep-alive\r\n";
  head += "\r\n";
  return head;
}

Task<Result<>> send_bytes(Connection& connection, std::string head, std::string_view body, Sent& sent) {
  Output output;
  output.add(head);
  output.add(body);
  Result<> result = co_await connection.send(output);
  if (result) sent.body_bytes = body.size();
  co_return result;
}

Task<Result<>> send_file(Connection& connection, std::string head, const FileBody& body, Sent& sent) {
  Output output;
  output.add(head);
  Result<> result = co_await connection.send(output, body.length > 0);
  if (result) result = co_await send_file_body(connection, body, sent.body_bytes);
  co_return result;
}

Task<Result<>> run_stream(StreamWriter& writer, const StreamBody& stream) {
  try {
    Result<> result = co_await stream(writer);
    co_return result;
  } catch (const std::exception& error) {
    co_return fail(ErrorCode::kInternal, "The response broke off.", error.what());
  }
}

Task<Result<>> send_stream(Connection& connection, std::string head, const StreamBody& stream,
                           Framing framing, Sent& sent) {
  Result<> result = co_await send_bytes(connection, std::move(head), {}, sent);
  if (!result) co_return result;
  StreamWriter writer(connection, framing.chunked, framing.length, sent.body_bytes);
  result = co_await run_stream(writer, stream);
  if (result) result = co_await writer.finish();
  co_return result;
}

/// Not a coroutine, so that the frame of a waiting event stream has room for only one kind of body.
Task<Result<>> send_head_and_body(Connection& connection, std::string head, const Response& response,
                                  const Framing& framing, bool head_only, Sent& sent) {
  if (!framing.has_body || head_only) return send_bytes(connection, std::move(head), {}, sent);
  return std::visit(
      Overloaded{
          [&](const std::string& text) { return send_bytes(connection, std::move(head), text, sent); },
          [&](const StaticBody& body) { return send_bytes(connection, std::move(head), body.bytes, sent); },
          [&](const FileBody& file) { return send_file(connection, std::move(head), file, sent); },
          [&](const StreamBody& stream) {
            return send_stream(connection, std::move(head), stream, framing, sent);
          }},
      response.body);
}

void log_failure(std::string_view request_id, const Error& error) {
  if (error.code == ErrorCode::kNetwork) return;
  log(LogLevel::kError, "A response broke off.",
      {{"reason", error.message}, {"detail", error.detail}, {"request_id", request_id}});
}

}  // namespace

Task<Sent> send_response(Connection& connection, Response& response, SendPlan plan) {
  const Framing framing = framing_of(response, plan.is_1_1);
  if (framing.close) plan.keep_alive = false;
  Sent sent;
  Result<> result =
      co_await send_head_and_body(connection, make_head(response, framing, plan, connection.loop().date()),
                                  response, framing, plan.head_only, sent);
  if (!result) log_failure(plan.request_id, result.error());
  sent.keep_alive = result.has_value() && plan.keep_alive;
  // A truncated body must not look complete.
  if (!result) connection.abort();
  co_return sent;
}

}  // namespace vat::http

// From a request's bytes to its response: the path of every request through the module.
#include <algorithm>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "http/compression.h"
#include "http/connection.h"
#include "http/fields.h"
#include "http/request_body.h"
#include "http/request_parser.h"
#include "http/response_sender.h"
#include "http/target.h"
#include "http/too_long.h"

namespace vat::http {
namespace {

/// In logs and metrics, instead of the status of a response that the client did not wait for. nginx's number.
constexpr int kClientLeft = 499;

enum class HeadOutcome { kComplete, kRefused, kClosed };

/// Reads into the connection's buffer until the header is complete. The first byte has `idle_timeout`, the
/// rest `header_timeout`.
Task<HeadOutcome> read_head(Connection& connection, RequestParser& parser, Error& refusal) {
  const ServerOptions& options = connection.core().options;
  InputBuffer& input = connection.input();
  if (input.empty() && !connection.transport().has_pending()) {
    input.release_if_empty();
    const Waited waited = co_await connection.wait_idle(Clock::now() + options.idle_timeout);
    if (waited != Waited::kReady) co_return HeadOutcome::kClosed;
  }
  const auto until = Clock::now() + options.header_timeout;
  bool begun = false;
  while (true) {
    const RequestParser::Step step = parser.put_head(input.view());
    input.consume(step.consumed);
    begun = begun || step.consumed > 0 || !input.empty();
    if (step.state == RequestParser::State::kDone) {
      // The handler may be slow, or stream events for hours.
      input.release_if_empty();
      co_return HeadOutcome::kComplete;
    }
    refusal = parser.refusal();
    if (step.state == RequestParser::State::kBad) co_return HeadOutcome::kRefused;
    const std::span<char> space = input.space(options.max_header_bytes);
    const IoResult io = connection.transport().read(space);
    if (io.state == IoState::kDone) {
      input.commit(io.bytes);
      continue;
    }
    if (io.state == IoState::kEnd || io.state == IoState::kFailed) co_return HeadOutcome::kClosed;
    const Waited waited = co_await connection.wait(io.state, until);
    if (waited == Waited::kReady) continue;
    if (waited == Waited::kAborted || !begun) co_return HeadOutcome::kClosed;
    refusal = http_refusal(408, "The request's header fields came too slowly.");
    co_return HeadOutcome::kRefused;
  }
}

/// A client's own identifier, if it is harmless in a log.
bool is_request_id(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  for (const char c : text)
    if (!is_alphanumeric(c) && c != '.' && c != '_' && c != '-') return false;
  return true;
}

Request make_request(Connection& connection, bool secure, RequestHead& head) {
  Request request;
  request.method = head.method;
  request.target = std::move(head.target);
  request.headers = std::move(head.headers);
  request.host = std::move(head.host);
  ClientFacts client = connection.core().proxies.look(
      {.address = connection.remote_address(), .secure = secure}, request.headers);
  request.remote_address = std::move(client.address);
  request.secure = client.secure;
  const std::string_view id = request.header("X-Request-Id");
  request.id = is_request_id(id) ? std::string(id) : random_token(9);
  return request;
}

Response unmatched_response(const Router& router, const Request& request, const Router::Match& match) {
  if (!match.redirect.empty()) {
    const std::size_t question = request.target.find('?');
    return redirect_response(
        308, match.redirect + (question == std::string::npos ? "" : request.target.substr(question)));
  }
  if (match.allowed.empty())
    return router.write_error(request, http_refusal(404, "There is nothing at " + request.path + "."));
  const std::string allow = join(match.allowed, ", ", method_name);
  if (request.method == Method::kOptions) return empty_response(204).set("Allow", allow);
  const std::string method(method_name(request.method));
  Response response =
      router.write_error(request, http_refusal(405, method + " is not supported here; use " + allow + "."));
  return response.set("Allow", allow);
}

/// For a request in plain text where only HTTPS is allowed. A person's browser is led to the right place. A
/// program is refused: with a redirect, nobody would notice that it sends its key in plain text each time.
std::optional<Response> insist_on_tls(const ServerOptions& options, const Router& router,
                                      const Request& request) {
  if (options.https_origin.empty() || request.secure) return std::nullopt;
  const auto& plain = options.plain_paths;
  if (std::find(plain.begin(), plain.end(), request.path) != plain.end()) return std::nullopt;
  const bool reads = request.method == Method::kGet || request.method == Method::kHead;
  const bool is_person = request.header("Accept").find("text/html") != std::string_view::npos &&
                         request.header("Authorization").empty();
  if (reads && is_person && request.target.starts_with('/'))
    return redirect_response(308, options.https_origin + request.target);
  return router.write_error(request,
                            http_refusal(403, "This service is used over https only; its address is " +
                                                  options.https_origin + "."));
}

/// Whether the body would have to be decoded first (RFC 9110, section 8.4).
bool is_encoded(const Request& request) {
  return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& field) {
    return equals_ignoring_case(field.first, "Content-Encoding") && !trim(field.second).empty() &&
           !equals_ignoring_case(trim(field.second), "identity");
  });
}

/// The handler's response, or the one for its error or exception.
Task<Response> run_handler(const Router& router, const Handler& handler, Request& request) {
  std::string thrown;
  try {
    Result<Response> result = co_await handler(request);
    if (result) co_return std::move(*result);
    co_return router.write_error(request, result.error());
  } catch (const std::exception& error) {
    thrown = error.what();
  } catch (...) {
    thrown = "an exception of unknown type";
  }
  co_return router.write_error(
      request, Error(ErrorCode::kInternal, "The handler threw an exception.", std::move(thrown)));
}

Task<Response> answer(Connection& connection, Request& request, RequestBody& body) {
  const Router& router = connection.core().router;
  if (const Result<> parsed = parse_target(request); !parsed)
    co_return router.write_error(request, parsed.error());
  if (const auto refused = insist_on_tls(connection.core().options, router, request)) co_return *refused;
  const Router::Match match = router.match(request);
  if (match.refusal) co_return router.write_error(request, *match.refusal);
  if (request.path == "*")
    co_return empty_response(204).set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  if (match.handler == nullptr) co_return unmatched_response(router, request, match);
  if (is_encoded(request)) {
    Response response = router.write_error(
        request, http_refusal(415, "The body of the request must not be compressed or otherwise encoded.",
                              "Content-Encoding"));
    co_return response.set("Accept-Encoding", "identity");
  }
  body.set_max_bytes(match.options.max_body_bytes);
  if (body.length().value_or(0) > match.options.max_body_bytes)
    co_return router.write_error(request, too_long_error("The request", match.options.max_body_bytes));
  co_return co_await run_handler(router, *match.handler, request);
}

/// Reports a request, however it ends.
class Account {
 public:
  Account(ServerCore& core, const Request& request) : core_(core), request_(request) {
    ++core_.requests_running;
  }
  ~Account() { --core_.requests_running; }
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  void close(int status, std::uint64_t bytes_in, std::uint64_t bytes_out) const {
    if (!core_.on_access) return;
    core_.on_access(AccessRecord{
        .request = request_,
        .status = status,
        .bytes_in = bytes_in,
        .bytes_out = bytes_out,
        .duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start_)});
  }

 private:
  ServerCore& core_;
  const Request& request_;
  const Clock::time_point start_ = Clock::now();
};

Task<> refuse(Connection& connection, RequestHead& head, const Error& refusal) {
  Request request = make_request(connection, !connection.transport().is_plain(), head);
  const Account account(connection.core(), request);
  // The target of a rejected request may be anything; its path only selects the format of the response.
  (void)parse_target(request);
  Response response = connection.core().router.write_error(request, refusal);
  connection.core().router.finish(request, response);
  const Sent sent = co_await send_response(connection, response,
                                           {.is_1_1 = head.is_1_1,
                                            .head_only = head.method == Method::kHead,
                                            .keep_alive = false,
                                            .request_id = request.id});
  account.close(response.status, 0, sent.body_bytes);
}

/// True when the connection may carry another request.
Task<bool> exchange(Connection& connection, std::unique_ptr<RequestParser> parser) {
  const bool is_1_1 = parser->head().is_1_1;
  const bool wants_more = parser->head().keep_alive;
  Request request = make_request(connection, !connection.transport().is_plain(), parser->head());
  RequestBody body(connection, std::move(parser));
  request.body = &body;
  const Account account(connection.core(), request);
  Response response = co_await answer(connection, request, body);
  connection.core().router.finish(request, response);
  co_await compress_response(connection.core().pool, request, response);
  // Nobody reads the response; what the handler made of that is no failure of the server.
  const bool left = connection.client_gone() || body.client_left();
  const bool keep_alive = wants_more && body.can_finish() && !connection.stopping();
  const Sent sent = co_await send_response(connection, response,
                                           {.is_1_1 = is_1_1,
                                            .head_only = request.method == Method::kHead,
                                            .keep_alive = keep_alive,
                                            .request_id = request.id});
  bool finished = sent.keep_alive;
  if (finished) finished = co_await body.finish();
  account.close(left ? kClientLeft : response.status, body.bytes_read(), sent.body_bytes);
  co_return finished;
}

Task<bool> serve_one(Connection& connection) {
  auto parser = std::make_unique<RequestParser>(connection.core().options.max_header_bytes);
  Error refusal;
  const HeadOutcome outcome = co_await read_head(connection, *parser, refusal);
  if (outcome == HeadOutcome::kClosed) co_return false;
  if (outcome == HeadOutcome::kRefused) {
    co_await refuse(connection, parser->head(), refusal);
    co_return false;
  }
  co_return co_await exchange(connection, std::move(parser));
}

}  // namespace

Task<> serve(std::shared_ptr<Connection> connection) {
  bool more = co_await connection->handshake();
  while (more) more = co_await serve_one(*connection);
  co_await connection->linger();
  connection->close();
}

}  // namespace vat::http

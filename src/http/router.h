// Maps requests to handlers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace vat::http {

using Handler = std::function<Task<Result<Response>>(Request&)>;
/// Wraps a handler: may answer itself, or call `next` and change its response.
using Middleware = std::function<Task<Result<Response>>(Request&, const Handler& next)>;
/// Makes the response for an error that a handler returned, or that the server found itself (404, 405, 413,
/// ...), with the status of http_status(). The details of kInternal, which includes exceptions of handlers,
/// go to the log and not to the client.
using ErrorWriter = std::function<Response(const Request&, const Error&)>;

struct RouteOptions {
  /// 413 beyond it, before the body is read if Content-Length exceeds it.
  std::uint64_t max_body_bytes = 1U << 20U;
};

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// `pattern`: segments of text and parameters: "/api/v1/jobs/{id:uuid}/files/{name}". Kinds: `uuid`, `int`
  /// (decimal, at most 18 digits), none (any segment but the empty one, percent-decoded to UTF-8 without
  /// NUL), and `path` for the rest of the path, as the last. A segment that does not fit the kind does not
  /// match (404). GET also answers HEAD. A duplicate pattern for a method aborts the program at startup.
  void add(Method method, std::string_view pattern, Handler handler, RouteOptions options = {});
  /// Middleware runs in the order in which it was added, the first outermost, for routes whose path starts
  /// with `prefix`.
  void use(std::string_view prefix, Middleware middleware);
  /// Asked before anything else, for every path, whether or not there is a route; its error is the response.
  void set_gate(std::function<Result<>(Request&)> gate);
  /// The longest prefix wins; "" matches everything else.
  void set_error_writer(std::string_view prefix, ErrorWriter writer);

  /// Called with every response, also that of an error, before it is sent; must not block. May be called from
  /// any thread.
  void set_finisher(std::function<void(const Request&, Response&)> finisher);

  struct Match {
    const Handler* handler = nullptr;  ///< Including its middleware; null if nothing matched.
    std::string_view pattern;
    RouteOptions options;
    std::vector<Method> allowed;   ///< For 405 and OPTIONS; empty: 404.
    std::optional<Error> refusal;  ///< By the gate; nothing else is set then.
    std::string redirect;          ///< The path without its trailing slash, if only that is a route: 308.
  };
  /// Sets the request's parameters and route.
  [[nodiscard]] Match match(Request& request) const;
  [[nodiscard]] Response write_error(const Request& request, const Error& error) const;
  /// Adds the request's response_fields, and calls the finisher.
  void finish(const Request& request, Response& response) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vat::http

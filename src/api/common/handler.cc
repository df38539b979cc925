#include "api/common/handler.h"

#include <utility>

#include "api/common/identity.h"
#include "api/common/rate_limits.h"

namespace vat::api {
namespace {

/// No Content-Length (a request without one that is not chunked has no body either) or a length of zero.
bool may_be_empty(const http::Request& request) {
  return request.body->length().value_or(0) == 0 && request.header("Content-Type").empty();
}

tl::unexpected<Error> wrong_type() {
  return fail(http_refusal(415, "Send a body of type application/json.", "Content-Type"));
}

bool changes_nothing(http::Method method) {
  return method == http::Method::kGet || method == http::Method::kHead || method == http::Method::kOptions;
}

/// RFC 6750, section 3.1.
Result<> require_scope(const Caller& caller, const http::Request& request) {
  if (changes_nothing(request.method) ? caller.scopes.read : caller.scopes.write) return {};
  return fail(http_refusal(
      403, changes_nothing(request.method) ? "This key may not read." : "This key may only read.",
      "Authorization"));
}

Result<> require_admin(const Caller& caller) {
  if (caller.is_admin()) return {};
  if (caller.role == UserRole::kAdmin)
    return fail(http_refusal(403, "This needs a key with the scope \"admin\".", "Authorization"));
  return fail(http_refusal(403, "Only an admin may do this."));
}

/// Who may also make a request of this method.
http::Task<Result<Caller>> enter(const Services& services, http::Request& request) {
  Result<Caller> caller = co_await admitted_caller(services, request);
  if (caller) VAT_CO_TRY(require_scope(*caller, request));
  co_return caller;
}

}  // namespace

http::Task<Result<Caller>> admitted_caller(const Services& services, http::Request& request) {
  Result<Caller> caller = co_await identify(services, request);
  if (!caller) {
    const bool guessed =
        caller.error().code == ErrorCode::kUnauthorized && !request.header("Authorization").empty();
    if (guessed) VAT_CO_TRY(admit_failed_sign_in(services, request));
    co_return caller;
  }
  VAT_CO_TRY(admit(services, *caller, request, Act::kRequest));
  co_return caller;
}

http::Handler signed_in(const Services& services, UserHandler handler) {
  return [&services, handler = std::move(handler)](http::Request& request) -> Answer {
    VAT_CO_ASSIGN(const Caller caller, co_await enter(services, request));
    co_return co_await handler(caller, request);
  };
}

http::Task<Result<JsonFields>> read_json(const http::Request& request, std::size_t max_bytes,
                                         bool optional_body) {
  const bool typed = has_json_body(request);
  if (!typed && !(optional_body && may_be_empty(request))) co_return wrong_type();
  VAT_CO_ASSIGN(std::string body, co_await request.body->read_all(max_bytes));
  if (body.empty() && optional_body) body = "{}";
  if (!typed && body != "{}") co_return wrong_type();
  co_return JsonFields::parse(body);
}

http::Handler with_json(const Services& services, JsonHandler handler, std::size_t max_bytes,
                        bool optional_body) {
  return
      [&services, handler = std::move(handler), max_bytes, optional_body](http::Request& request) -> Answer {
        VAT_CO_ASSIGN(const Caller caller, co_await enter(services, request));
        VAT_CO_ASSIGN(JsonFields fields, co_await read_json(request, max_bytes, optional_body));
        co_return co_await handler(caller, request, fields);
      };
}

UserHandler for_admins(UserHandler handler) {
  return [handler = std::move(handler)](const Caller& caller, http::Request& request) -> Answer {
    VAT_CO_TRY(require_admin(caller));
    co_return co_await handler(caller, request);
  };
}

JsonHandler for_admins(JsonHandler handler) {
  return [handler = std::move(handler)](const Caller& caller, http::Request& request,
                                        JsonFields& fields) -> Answer {
    VAT_CO_TRY(require_admin(caller));
    co_return co_await handler(caller, request, fields);
  };
}

http::Handler route(const Services& services,
                    Answer (*handler)(const Services&, const User&, http::Request&)) {
  return signed_in(services, [&services, handler](const User& user, http::Request& request) {
    return handler(services, user, request);
  });
}

http::Handler json_route(const Services& services,
                         Answer (*handler)(const Services&, const User&, http::Request&, JsonFields&),
                         std::size_t max_bytes, bool optional_body) {
  return with_json(
      services,
      [&services, handler](const User& user, http::Request& request, JsonFields& fields) {
        return handler(services, user, request, fields);
      },
      max_bytes, optional_body);
}

http::Response json_response(int status, std::string body) {
  return http::text_response(status, "application/json", std::move(body));
}

}  // namespace vat::api

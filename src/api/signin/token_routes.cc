#include "api/common/handler.h"
#include "api/common/problem.h"
#include "api/common/rate_limits.h"
#include "api/routes.h"
#include "auth/access_tokens.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t kMaxTokenRequest = 16U * 1024;

/// RFC 6749, section 5.1.
Response tokens_response(const auth::IssuedTokens& tokens) {
  return item_response(200, tokens, [](JsonWriter& json, const auth::IssuedTokens& issued) {
    json.begin_object();
    json.key("access_token").string(issued.access_token);
    json.key("token_type").string("Bearer");
    json.key("expires_in").integer(std::chrono::seconds(auth::kAccessTokenLifetime).count());
    json.key("refresh_token").string(issued.refresh_token);
    json.key("scope").string(to_text(issued.scopes));
    json.end_object();
  });
}

/// "read write"; without it, all that the caller may do.
Result<Scopes> read_scope(JsonFields& fields, const Caller& caller) {
  VAT_ASSIGN(const auto text, fields.text("scope", {.min = 1, .max = 64}));
  if (!text) return caller.scopes;
  const std::optional<Scopes> scopes = parse_scopes(*text);
  if (!scopes) return fail(fields.wrong("scope", "A scope is some of the words read, write and admin."));
  if (!caller.scopes.contain(*scopes))
    return fail(http_refusal(403, "A token cannot do more than what it is made from.", "scope"));
  return *scopes;
}

Answer create_token(const Services& services, Request& request) {
  // Not signed_in(): a key that may only read may have a token that may only read.
  VAT_CO_ASSIGN(const Caller caller, co_await admitted_caller(services, request));
  VAT_CO_ASSIGN(JsonFields fields, co_await read_json(request, kMaxTokenRequest, true));
  VAT_CO_ASSIGN(const Scopes scopes, read_scope(fields, caller));
  VAT_CO_TRY(fields.finish());
  auto work = [&] { return services.tokens.issue(caller, scopes); };
  VAT_CO_ASSIGN(const auth::IssuedTokens tokens, co_await services.pool.run(work));
  co_return tokens_response(tokens);
}

Answer refresh_token(const Services& services, Request& request) {
  VAT_CO_ASSIGN(JsonFields fields, co_await read_json(request, kMaxTokenRequest, false));
  VAT_CO_ASSIGN(const std::optional<std::string> token,
                fields.text("refresh_token", {.min = 1, .max = kMaxTokenRequest}));
  VAT_CO_TRY(fields.finish());
  if (!token) co_return fail(fields.missing("refresh_token"));
  auto work = [&] { return services.tokens.refresh(*token); };
  Result<auth::IssuedTokens> tokens = co_await services.pool.run(work);
  if (!tokens && tokens.error().code == ErrorCode::kUnauthorized)
    VAT_CO_TRY(admit_failed_sign_in(services, request));
  VAT_CO_TRY(tokens);
  co_return tokens_response(*tokens);
}

Answer published_keys(const Services& services) {
  VAT_CO_ASSIGN(std::string keys,
                co_await services.pool.run([&] { return services.tokens.published_keys(); }));
  Response response = http::text_response(200, "application/jwk-set+json", std::move(keys));
  response.set("Cache-Control", "public, max-age=300");
  forbid_storing(response);
  co_return response;
}

}  // namespace

void add_token_routes(http::Router& router, const Services& services) {
  router.add(Method::kPost, "/api/v1/auth/token",
             [&services](Request& request) { return create_token(services, request); });
  router.add(Method::kPost, "/api/v1/auth/refresh",
             [&services](Request& request) { return refresh_token(services, request); });
  router.add(Method::kGet, "/.well-known/jwks.json",
             [&services](Request& /*request*/) { return published_keys(services); });
}

}  // namespace vat::api

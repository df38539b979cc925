#include "api/common/identity.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "api/common/cookies.h"
#include "api/common/handler.h"
#include "api/common/problem.h"
#include "api/common/response_policy.h"
#include "auth/access_tokens.h"
#include "auth/sign_in.h"
#include "base/ascii.h"
#include "base/hash.h"

namespace vat::api {
namespace {

constexpr std::string_view kPrefix = "vat_";
constexpr std::size_t kMaxSecretBytes = 128;

/// The token of "Bearer TOKEN" (RFC 6750, section 2.1); empty for another scheme.
std::string_view bearer_token(std::string_view field) {
  constexpr std::string_view kScheme = "bearer ";
  if (field.size() <= kScheme.size() || to_lower(field.substr(0, kScheme.size())) != kScheme) return {};
  field.remove_prefix(kScheme.size());
  while (field.starts_with(' ')) field.remove_prefix(1);
  return field;
}

Error wrong_key() {
  return Error(ErrorCode::kUnauthorized, "The API key or token is not valid or has expired.")
      .about_field("Authorization");
}

const Caller& local_caller() {
  static const Caller caller = [] {
    Caller made;
    made.id = kLocalUserId;
    made.role = UserRole::kAdmin;
    made.scopes = Scopes::all();
    return made;
  }();
  return caller;
}

bool is_safe(http::Method method) {
  return method == http::Method::kGet || method == http::Method::kHead || method == http::Method::kOptions;
}

/// "http://localhost:8000" -> "localhost:8000" in lower case; empty for "null" and anything that is not an
/// origin.
std::string origin_authority(std::string_view origin) {
  const std::size_t colon = origin.find("://");
  if (colon == std::string_view::npos) return {};
  std::string authority = to_lower(origin.substr(colon + 3));
  const std::string_view scheme = origin.substr(0, colon);
  // A browser leaves the scheme's own port out, also of Host.
  for (const std::string_view port : {scheme == "https" ? ":443" : ":80"}) {
    if (authority.ends_with(port)) authority.resize(authority.size() - port.size());
  }
  return authority;
}

/// Whether a page of another origin made the browser send this (Fetch standard; RFC 6454, section 7).
bool is_cross_site(const Services& services, const http::Request& request) {
  const std::string_view origin = request.header("Origin");
  // Behind a proxy, Host may be another name than the one in the browser.
  if (services.sign_ins != nullptr && origin == services.sign_ins->options().base_url) return false;
  if (!origin.empty()) return origin_authority(origin) != to_lower(request.host);
  const std::string_view site = request.header("Sec-Fetch-Site");
  return site == "cross-site" || site == "same-site";
}

bool is_allowed_host(const Services& services, std::string_view authority) {
  constexpr std::array<std::string_view, 3> kLocal = {"localhost", "127.0.0.1", "[::1]"};
  const std::string name = host_name(authority);
  return std::find(kLocal.begin(), kLocal.end(), name) != kLocal.end() ||
         std::find(services.allowed_hosts.begin(), services.allowed_hosts.end(), name) !=
             services.allowed_hosts.end();
}

}  // namespace

std::string host_name(std::string_view authority) {
  if (authority.starts_with('['))
    authority = authority.substr(0, std::min(authority.find(']'), authority.size() - 1) + 1);
  else
    authority = authority.substr(0, std::min(authority.find(':'), authority.size()));
  return to_lower(authority);
}

Error wrong_csrf_token() { return http_refusal(403, "This page is out of date; load it again.", kCsrfField); }

/// The owner of the session whose cookie the request carries.
static http::Task<Result<Caller>> identify_session(const Services& services, const http::Request& request) {
  auth::SignIns& sign_ins = *services.sign_ins;
  const std::string_view secret = find_cookie(request, sign_ins.session_cookie());
  std::optional<SessionOwner> owner = sign_ins.recent(secret);
  if (!owner && !secret.empty()) {
    VAT_CO_ASSIGN(owner, co_await services.pool.run([&] { return sign_ins.find(secret); }));
  }
  if (!owner)
    co_return fail(
        Error(ErrorCode::kUnauthorized, "Sign in first, or send an API key.").about_field("Cookie"));
  if (!is_safe(request.method) && !auth::is_csrf_token(request.header(kCsrfField), secret))
    co_return fail(wrong_csrf_token());
  Caller caller{std::move(owner->user)};
  caller.scopes = Scopes::all();
  caller.session_id = std::move(owner->session_id);
  co_return caller;
}

http::Task<Result<Caller>> identify(const Services& services, const http::Request& request) {
  const std::string_view field = request.header("Authorization");
  const bool local = services.sign_ins == nullptr;
  if (field.empty() && !local) co_return co_await identify_session(services, request);
  if (field.empty()) co_return local_caller();
  const std::string_view token = bearer_token(field);
  if (auth::AccessTokens::is_one(token)) {
    auto work = [&] { return services.tokens.identify(token); };
    VAT_CO_ASSIGN(std::optional<Caller> caller, co_await services.pool.run(work));
    if (!caller) co_return fail(wrong_key());
    co_return std::move(*caller);
  }
  if (!token.starts_with(kPrefix)) {
    // OpenAI's clients send a key whether or not there is one; without any key, the local user is let in.
    if (local && !token.empty() && request.path.starts_with("/v1/")) co_return local_caller();
    co_return fail(wrong_key());
  }
  if (token.size() > kMaxSecretBytes) co_return fail(wrong_key());
  const std::string digest = hash_hex(Digest::kSha256, token);
  VAT_CO_ASSIGN(std::optional<KeyOwner> owner,
                co_await services.pool.run([&] { return services.users.find_by_key(digest); }));
  if (!owner) co_return fail(wrong_key());
  Caller caller{std::move(owner->user)};
  caller.scopes = owner->scopes;
  caller.key_id = std::move(owner->key_id);
  co_return caller;
}

std::function<Result<>(const http::Request&)> host_guard(const Services& services) {
  return [&services](const http::Request& request) -> Result<> {
    if (is_allowed_host(services, request.host)) return {};
    return fail(http_refusal(
        421, "This service answers to localhost only; the operator can allow other names.", "Host"));
  };
}

http::Middleware same_site_guard(const Services& services) {
  return [&services](http::Request& request, const http::Handler& next) -> Answer {
    if (!is_safe(request.method) && is_cross_site(services, request) &&
        !is_from_allowed_origin(services, request))
      co_return fail(
          http_refusal(403, "A page of another site is not allowed to change anything here.", "Origin"));
    Result<http::Response> answer = co_await next(request);
    if (answer) forbid_storing(*answer);
    co_return answer;
  };
}

}  // namespace vat::api

#include <utility>

#include "api/common/audit.h"
#include "api/common/cookies.h"
#include "api/common/handler.h"
#include "api/common/identity.h"
#include "api/common/problem.h"
#include "api/common/rate_limits.h"
#include "api/routes.h"
#include "api/signin/sign_in_page.h"
#include "auth/sign_in.h"
#include "base/hex.h"
#include "base/log.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;
using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr std::size_t kMaxFormBytes = 32U * 1024;
/// Sign-ins that one browser may have begun.
constexpr std::size_t kMaxPending = 8;

std::string query_value_of(const Request& request, std::string_view name) {
  return std::string(request.query_value(name).value_or(""));
}

Response redirect(std::string location) {
  Response response = http::redirect_response(303, std::move(location));
  response.set("Referrer-Policy", "no-referrer");
  forbid_storing(response);
  return response;
}

/// Of a form, a value that needs no decoding, such as a token's. Empty when it is missing, or does.
std::string form_value(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const std::size_t end = std::min(form.find('&'), form.size());
    const std::string_view pair = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    const std::string_view value = pair.substr(equals + 1);
    return value.find_first_of("%+") == std::string_view::npos ? std::string(value) : std::string();
  }
  return {};
}

/// The choice of a provider, for a browser without scripts.
Response choice_of_providers(const auth::SignIns& sign_ins, const std::string& return_path) {
  std::vector<PageLink> links;
  for (const auth::ProviderSettings& provider : sign_ins.options().providers)
    links.push_back({"/auth/login?provider=" + percent_encode(provider.id) +
                         "&return=" + percent_encode(return_path, "/"),
                     "Sign in with " + provider.name});
  if (links.empty())
    return sign_in_page(404, "Sign in", "Nobody signs in here with a browser; programs use an API key.",
                        {{"/docs", "The API"}});
  return sign_in_page(200, "Sign in", "Choose how to sign in.", links);
}

Answer log_in(const Services& services, const Request& request) {
  const std::string return_path = auth::safe_return_path(query_value_of(request, "return"));
  // In local mode everybody is signed in.
  if (services.sign_ins == nullptr) co_return redirect(return_path);
  auth::SignIns& sign_ins = *services.sign_ins;
  const std::string provider = query_value_of(request, "provider");
  if (provider.empty() && sign_ins.options().providers.size() != 1)
    co_return choice_of_providers(sign_ins, return_path);
  VAT_CO_ASSIGN(const auth::SignInStart start,
                co_await services.sign_in_pool->run([&] { return sign_ins.start(provider, return_path); }));
  Response response = redirect(start.location);
  const auto pending = cookie_names(request, sign_ins.pending_prefix());
  if (pending.size() >= kMaxPending) {
    for (const std::string& name : pending)
      response.set("Set-Cookie", set_cookie(name, "", seconds(0), sign_ins.secure()));
  }
  response.set("Set-Cookie", set_cookie(start.cookie_name, start.cookie_value,
                                        duration_cast<seconds>(auth::kPendingLifetime), sign_ins.secure()));
  co_return response;
}

/// Strangers must not fill the disk: of failed sign-ins, so many a minute are noted.
constexpr RatePolicy kNotedFailures{.name = "failures", .amount = 300};

/// Blocks.
Result<> note_sign_in(const Services& services, const Request& request,
                      const Result<auth::SignedIn>& outcome) {
  if (outcome)
    return add_audit_entry(services, request, outcome->user, "user.signed_in", outcome->session_id,
                           outcome->provider);
  if (services.rate_limiter != nullptr && !services.rate_limiter->take(kNotedFailures, kNobody).allowed)
    return {};
  return add_audit_entry(services, request, kNobody, "user.sign_in_failed", "", outcome.error().message);
}

/// In the background: nobody waits for a picture.
void fetch_picture(const Services& services, const User& user) {
  if (services.pictures == nullptr) return;
  auto work = [&services, user] {
    if (const Result<> kept = services.pictures->refresh(user.id, user.picture_url); !kept)
      log(LogLevel::kInfo, "A user's picture was not fetched.",
          {{"user", user.id}, {"reason", kept.error().message}, {"detail", kept.error().detail}});
  };
  // A full queue has more urgent things; the next sign-in tries again.
  (void)services.sign_in_pool->try_post(std::move(work));
}

Answer call_back(const Services& services, const Request& request) {
  if (services.sign_ins == nullptr) co_return redirect("/");
  auth::SignIns& sign_ins = *services.sign_ins;
  auth::SignInAnswer answer{.state = query_value_of(request, "state"),
                            .code = query_value_of(request, "code"),
                            .issuer = query_value_of(request, "iss"),
                            .error = query_value_of(request, "error")};
  const std::string pending = auth::pending_cookie_name(sign_ins.pending_prefix(), answer.state);
  if (!pending.empty()) answer.cookie_value = find_cookie(request, pending);
  answer.device = request.header("User-Agent");
  answer.address = request.remote_address;
  answer.old_secret = find_cookie(request, sign_ins.session_cookie());
  auto work = [&]() -> Result<auth::SignedIn> {
    Result<auth::SignedIn> outcome = sign_ins.finish(answer);
    VAT_TRY(note_sign_in(services, request, outcome));
    return outcome;
  };
  Result<auth::SignedIn> done = co_await services.sign_in_pool->run(work);
  if (!done) {
    log(LogLevel::kInfo, "A sign-in did not work.",
        {{"reason", done.error().message}, {"detail", done.error().detail}, {"remote", answer.address}});
    co_return fail(std::move(done).error());
  }
  log(LogLevel::kInfo, "Somebody signed in.", {{"user", done->user.id}, {"remote", answer.address}});
  fetch_picture(services, done->user);
  Response response = redirect(done->return_path);
  response.set("Set-Cookie", set_cookie(pending, "", seconds(0), sign_ins.secure()));
  response.set("Set-Cookie",
               set_cookie(sign_ins.session_cookie(), done->secret,
                          duration_cast<seconds>(sign_ins.options().lifetimes.absolute), sign_ins.secure()));
  co_return response;
}

/// A page that does not run scripts shows where to go; a program is told.
Response signed_out(const Request& request, const std::string& location) {
  if (request.header("Accept").find("application/json") == std::string_view::npos) return redirect(location);
  return item_response(200, location, [](JsonWriter& json, const std::string& where) {
    json.begin_object();
    json.key("location").string(where);
    json.end_object();
  });
}

Answer log_out(const Services& services, Request& request) {
  if (services.sign_ins == nullptr) co_return signed_out(request, "/");
  auth::SignIns& sign_ins = *services.sign_ins;
  const std::string secret(find_cookie(request, sign_ins.session_cookie()));
  std::string location = "/";
  if (!secret.empty()) {
    VAT_CO_ASSIGN(const std::string form, co_await request.body->read_all(kMaxFormBytes));
    std::string token(request.header(kCsrfField));
    if (token.empty()) token = form_value(form, "csrf_token");
    if (!auth::is_csrf_token(token, secret)) co_return fail(wrong_csrf_token());
    auto work = [&]() -> Result<std::string> {
      VAT_ASSIGN(const auto owner, sign_ins.find(secret));
      if (!owner) return "/";
      VAT_ASSIGN(std::string next, sign_ins.sign_out(owner->user.id, owner->session_id));
      VAT_TRY(add_audit_entry(services, request, owner->user, "user.signed_out", owner->session_id));
      return next;
    };
    VAT_CO_ASSIGN(location, co_await services.sign_in_pool->run(work));
  }
  Response response = signed_out(request, location);
  response.set("Set-Cookie", set_cookie(sign_ins.session_cookie(), "", seconds(0), sign_ins.secure()));
  co_return response;
}

/// Back-Channel Logout 1.0, sections 2.5 to 2.8.
Answer log_out_by_provider(const Services& services, Request& request) {
  const auto refused = [] {
    return fail(http_refusal(400, "The logout token is not valid.", "logout_token"));
  };
  VAT_CO_ASSIGN(const std::string form, co_await request.body->read_all(kMaxFormBytes));
  const std::string token = form_value(form, "logout_token");
  if (services.sign_ins == nullptr || token.empty()) co_return refused();
  auto work = [&]() -> Result<> {
    VAT_ASSIGN(const auth::ProviderLogout ended, services.sign_ins->sign_out_by_provider(token));
    return add_audit_entry(services, request, kProvider, "user.signed_out", ended.provider_session,
                           ended.issuer + " " + ended.subject);
  };
  const Result<> ended = co_await services.sign_in_pool->run(work);
  if (!ended &&
      (ended.error().code == ErrorCode::kUnauthorized || ended.error().code == ErrorCode::kExists)) {
    VAT_CO_TRY(admit_failed_sign_in(services, request));
    co_return refused();
  }
  VAT_CO_TRY(ended);
  Response response = http::empty_response(204);
  forbid_storing(response);
  co_return response;
}

Response providers_response(const Services& services) {
  return item_response(200, services, [](JsonWriter& json, const Services& all) {
    json.begin_object();
    json.key("mode").string(all.sign_ins == nullptr ? "local" : "sign_in");
    json.key("items").begin_array();
    if (all.sign_ins != nullptr) {
      for (const auth::ProviderSettings& provider : all.sign_ins->options().providers) {
        json.begin_object();
        json.key("id").string(provider.id);
        json.key("name").string(provider.name);
        json.key("login_url").string("/auth/login?provider=" + percent_encode(provider.id));
        json.end_object();
      }
    }
    json.end_array();
    json.end_object();
  });
}

}  // namespace

void add_sign_in_routes(http::Router& router, const Services& services) {
  router.set_error_writer("/auth/", sign_in_error);
  router.use("/auth/logout", same_site_guard(services));
  router.add(Method::kGet, "/auth/login",
             [&services](Request& request) { return log_in(services, request); });
  router.add(Method::kGet, "/auth/callback",
             [&services](Request& request) { return call_back(services, request); });
  router.add(Method::kPost, "/auth/logout",
             [&services](Request& request) { return log_out(services, request); });
  router.add(Method::kPost, "/auth/backchannel-logout",
             [&services](Request& request) { return log_out_by_provider(services, request); });
  router.add(Method::kGet, "/api/v1/auth/providers",
             [&services](Request& /*request*/) -> Answer { co_return providers_response(services); });
}

}  // namespace vat::api

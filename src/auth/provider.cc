#include "auth/provider.h"

#include <utility>

#include "auth/digest.h"
#include "auth/json_claims.h"
#include "base/ascii.h"
#include "base/base64.h"
#include "base/hex.h"

namespace vat::auth {
namespace {

constexpr std::chrono::milliseconds kConnectTimeout{5'000};
constexpr std::chrono::milliseconds kTotalTimeout{10'000};
constexpr std::size_t kMaxAnswer = 256U * 1024;
/// What is known of the provider is looked up again after this time, and used on while that fails.
constexpr std::chrono::hours kFresh{1};
/// An unknown key makes us look again, but not more often; nor is a provider that fails asked more often.
constexpr std::chrono::seconds kKeysInterval{30};
constexpr std::chrono::seconds kRetryInterval{5};

bool is_loopback_issuer(std::string_view url) {
  for (const std::string_view origin : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    const std::size_t end = origin.size();
    if (url.starts_with(origin) && (url.size() == end || url[end] == ':' || url[end] == '/')) return true;
  }
  return false;
}

bool is_secure(std::string_view url) { return url.starts_with("https://") || is_loopback_issuer(url); }

std::string form_text(const std::vector<std::pair<std::string_view, std::string_view>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    text += percent_encode(name) + "=" + percent_encode(value);
  }
  return text;
}

std::string with_query(const std::string& url, const std::string& query) {
  return url + (url.find('?') == std::string::npos ? "?" : "&") + query;
}

}  // namespace

Result<> validate(const ProviderSettings& settings) {
  if (!is_secure(settings.issuer))
    return fail(ErrorCode::kInvalidArgument,
                "The issuer \"" + settings.issuer + "\" must be an https address.");
  if (settings.client_id.empty())
    return fail(ErrorCode::kInvalidArgument, "The issuer " + settings.issuer + " needs a client ID.");
  return {};
}

struct Provider::Metadata {
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string jwks_uri;
  std::string userinfo_endpoint;
  std::string end_session_endpoint;
  bool says_issuer = false;  ///< RFC 9207.
  bool secret_in_body = false;
};

Provider::Provider(ProviderSettings settings, HttpClient& http, UtcClock clock)
    : settings_(std::move(settings)), http_(http), clock_(std::move(clock)) {}

Result<std::string> Provider::fetch(const std::string& url) {
  HttpRequest request{.url = url, .headers = {{"Accept", "application/json"}}};
  request.connect_timeout = kConnectTimeout;
  request.total_timeout = kTotalTimeout;
  request.max_response_bytes = kMaxAnswer;
  const Result<HttpResponse> response = http_.send(request, {});
  if (response && response->status == 200) return response->body;
  return fail(Error(ErrorCode::kNetwork, settings_.name + " does not answer; try again in a moment.",
                    url + ": " +
                        (response ? std::to_string(response->status) : std::string(response.error().message)))
                  .as_retryable());
}

Result<Provider::KeptMetadata> Provider::discover() {
  std::string base = settings_.issuer;
  if (base.ends_with('/')) base.pop_back();
  VAT_ASSIGN(const std::string body, fetch(base + "/.well-known/openid-configuration"));
  const auto bad = [&](const char* what) {
    return fail(Error(ErrorCode::kBadData, settings_.name + " describes itself wrongly: " + what + "."));
  };
  const auto document = parse_json_object(body);
  if (!document) return bad("the document is not JSON");
  if (text_member(*document, "issuer") != settings_.issuer) return bad("it is another issuer");
  auto found = std::make_shared<Metadata>();
  found->authorization_endpoint = text_member(*document, "authorization_endpoint");
  found->token_endpoint = text_member(*document, "token_endpoint");
  found->jwks_uri = text_member(*document, "jwks_uri");
  found->userinfo_endpoint = text_member(*document, "userinfo_endpoint");
  found->end_session_endpoint = text_member(*document, "end_session_endpoint");
  found->says_issuer = true_member(*document, "authorization_response_iss_parameter_supported");
  // client_secret_basic is what a provider has that names none (Discovery 1.0, section 3).
  constexpr const char* kMethods = "token_endpoint_auth_methods_supported";
  found->secret_in_body =
      !names(*document, kMethods, "client_secret_basic") && names(*document, kMethods, "client_secret_post");
  for (const std::string& url : {found->authorization_endpoint, found->token_endpoint, found->jwks_uri}) {
    if (!is_secure(url)) return bad("an endpoint is missing or not https");
    if (settings_.issuer.starts_with("https://") && !url.starts_with("https://"))
      return bad("an endpoint is not https");
  }
  if (!is_secure(found->userinfo_endpoint)) found->userinfo_endpoint.clear();
  if (!is_secure(found->end_session_endpoint)) found->end_session_endpoint.clear();
  return KeptMetadata(std::move(found));
}

Result<Provider::KeptMetadata> Provider::metadata() {
  const std::lock_guard lock(mutex_);
  const UtcTime now = clock_();
  if (metadata_ && now < metadata_at_ + kFresh) return metadata_;
  if (now < metadata_tried_at_ + kRetryInterval) {
    if (metadata_) return metadata_;
    return fail(Error(ErrorCode::kNetwork, settings_.name + " does not answer; try again in a moment.")
                    .as_retryable());
  }
  metadata_tried_at_ = now;
  Result<KeptMetadata> found = discover();
  if (found) {
    metadata_ = *found;
    metadata_at_ = now;
    metadata_tried_at_ = {};
  }
  if (metadata_) return metadata_;
  return found;
}

Result<Provider::KeptKeys> Provider::keys(const std::string& kid) {
  VAT_ASSIGN(const KeptMetadata known, metadata());
  const std::lock_guard lock(mutex_);
  const UtcTime now = clock_();
  const bool stale = !keys_ || now >= keys_at_ + kFresh || (!kid.empty() && !keys_->has(kid));
  if (!stale || (keys_ && now < keys_tried_at_ + kKeysInterval)) return keys_;
  if (!keys_ && now < keys_tried_at_ + kRetryInterval)
    return fail(Error(ErrorCode::kNetwork, settings_.name + " does not answer; try again in a moment.")
                    .as_retryable());
  keys_tried_at_ = now;
  const auto body = fetch(known->jwks_uri);
  if (!body && !keys_) return fail(body.error());
  if (body) {
    VAT_ASSIGN(KeySet parsed, KeySet::parse(*body));
    keys_ = std::make_shared<const KeySet>(std::move(parsed));
    keys_at_ = now;
  }
  return keys_;
}

Result<std::string> Provider::verified_claims(std::string_view token) {
  VAT_ASSIGN(const TokenHeader header, read_token_header(token));
  VAT_ASSIGN(const KeptKeys known, keys(header.kid));
  return known->verify(token, settings_.algorithms);
}

Result<std::string> Provider::authorization_url(const Ticket& ticket) {
  VAT_ASSIGN(const KeptMetadata known, metadata());
  return with_query(known->authorization_endpoint,
                    form_text({{"response_type", "code"},
                               {"client_id", settings_.client_id},
                               {"redirect_uri", ticket.redirect_uri},
                               {"scope", settings_.scopes},
                               {"state", ticket.state},
                               {"nonce", ticket.nonce},
                               {"code_challenge", base64url_encode(sha256(ticket.verifier))},
                               {"code_challenge_method", "S256"}}));
}

HttpRequest Provider::token_request(const Metadata& known, const Callback& callback,
                                    const Ticket& ticket) const {
  HttpRequest request{.method = "POST", .url = known.token_endpoint};
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  std::vector<std::pair<std::string_view, std::string_view>> fields = {{"grant_type", "authorization_code"},
                                                                       {"code", callback.code},
                                                                       {"redirect_uri", ticket.redirect_uri},
                                                                       {"code_verifier", ticket.verifier}};
  if (settings_.client_secret.empty() || known.secret_in_body)
    fields.emplace_back("client_id", settings_.client_id);
  if (known.secret_in_body && !settings_.client_secret.empty())
    fields.emplace_back("client_secret", settings_.client_secret);
  if (!known.secret_in_body && !settings_.client_secret.empty()) {
    // RFC 6749, section 2.3.1: both are encoded as in a form.
    const std::string pair =
        percent_encode(settings_.client_id) + ":" + percent_encode(settings_.client_secret);
    request.headers.emplace_back("Authorization", "Basic " + base64_encode(pair));
  }
  request.body = form_text(fields);
  request.connect_timeout = kConnectTimeout;
  request.total_timeout = kTotalTimeout;
  request.max_response_bytes = kMaxAnswer;
  return request;
}

Result<Person> Provider::redeem(const Callback& callback, const Ticket& ticket) {
  VAT_ASSIGN(const KeptMetadata known, metadata());
  if ((known->says_issuer || !callback.issuer.empty()) && callback.issuer != settings_.issuer)
    return fail(Error(ErrorCode::kUnauthorized, "The answer came from another provider; sign in again.",
                      "iss: " + callback.issuer));
  const Result<HttpResponse> response = http_.send(token_request(*known, callback, ticket), {});
  if (!response)
    return fail(Error(ErrorCode::kNetwork, settings_.name + " does not answer; try again in a moment.",
                      response.error().message)
                    .as_retryable());
  const auto answer = parse_json_object(response->body);
  if (response->status != 200 || !answer) {
    return fail(
        Error(ErrorCode::kUnauthorized, settings_.name + " did not accept the sign-in; sign in again.",
              std::to_string(response->status) + " " +
                  (answer ? text_member(*answer, "error") + " " + text_member(*answer, "error_description")
                          : std::string())));
  }
  const std::string access_token = text_member(*answer, "access_token");
  VAT_ASSIGN(const std::string claims, verified_claims(text_member(*answer, "id_token")));
  VAT_ASSIGN(Person person, check_id_token(claims, {settings_.issuer, settings_.client_id, ticket.nonce,
                                                    access_token, clock_()}));
  return with_profile(*known, std::move(person), access_token);
}

/// A provider may keep address and name for its UserInfo endpoint (OpenID Connect Core 1.0, section 5.4).
Result<Person> Provider::with_profile(const Metadata& known, Person person, const std::string& access_token) {
  if (!person.email.empty() || known.userinfo_endpoint.empty() || access_token.empty()) return person;
  HttpRequest request{
      .url = known.userinfo_endpoint,
      .headers = {{"Accept", "application/json"}, {"Authorization", "Bearer " + access_token}}};
  request.connect_timeout = kConnectTimeout;
  request.total_timeout = kTotalTimeout;
  request.max_response_bytes = kMaxAnswer;
  const Result<HttpResponse> response = http_.send(request, {});
  // Who it is, the ID token has said.
  if (!response || response->status != 200) return person;
  return add_profile(std::move(person), response->body);
}

std::string Provider::end_session_url(const std::string& return_url) {
  const Result<KeptMetadata> known = metadata();
  if (!known || (*known)->end_session_endpoint.empty()) return {};
  return with_query((*known)->end_session_endpoint, form_text({{"client_id", settings_.client_id},
                                                               {"post_logout_redirect_uri", return_url}}));
}

Result<ProviderLogout> Provider::verify_logout(std::string_view token) {
  VAT_ASSIGN(const TokenHeader header, read_token_header(token));
  if (!header.typ.empty() && header.typ != "jwt" && header.typ != "logout+jwt")
    return fail(Error(ErrorCode::kUnauthorized, "The token is not valid.", "typ"));
  VAT_ASSIGN(const std::string claims, verified_claims(token));
  return check_logout_token(claims, settings_.issuer, settings_.client_id, clock_());
}

}  // namespace vat::auth

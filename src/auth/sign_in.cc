#include "auth/sign_in.h"

#include <algorithm>
#include <utility>

#include "auth/digest.h"
#include "auth/json_claims.h"
#include "base/base64.h"
#include "base/hash.h"
#include "base/random.h"

namespace vat::auth {
namespace {

constexpr std::size_t kSessionSecretBytes = 32;
constexpr std::size_t kSessionSecretLength = 43;  // in base64url
constexpr std::size_t kMaxCode = 4096;

bool is_https(const std::string& url) { return url.starts_with("https://"); }

std::string digest_of(std::string_view secret) { return hash_hex(Digest::kSha256, secret); }

tl::unexpected<Error> begin_again(std::string why) {
  return fail(
      Error(ErrorCode::kInvalidArgument,
            "This sign-in is not complete, has expired, or was begun in another browser; sign in again.",
            std::move(why)));
}

SignIn sign_in_of(const Person& person, const Admission& admission) {
  return {person.issuer,      person.subject,     person.email,    person.email_verified,   person.name,
          person.picture_url, admission.may_join, admission.admin, admission.first_is_admin};
}

}  // namespace

SignIns::SignIns(SignInOptions options, SessionStore& sessions, HttpClient& http, UtcClock clock)
    : options_(std::move(options)),
      sessions_(sessions),
      clock_(std::move(clock)),
      session_cookie_(is_https(options_.base_url) ? "__Host-vat_session" : "vat_session"),
      pending_prefix_(is_https(options_.base_url) ? "__Host-vat_sign_in_" : "vat_sign_in_") {
  for (const ProviderSettings& settings : options_.providers)
    providers_.push_back(std::make_unique<Provider>(settings, http, clock_));
}

bool SignIns::secure() const { return is_https(options_.base_url); }

Provider* SignIns::provider(std::string_view id) const {
  if (id.empty() && providers_.size() == 1) return providers_.front().get();
  const auto found = std::find_if(providers_.begin(), providers_.end(),
                                  [&](const auto& one) { return one->settings().id == id; });
  return found == providers_.end() ? nullptr : found->get();
}

Provider* SignIns::provider_of_issuer(std::string_view issuer) const {
  const auto found = std::find_if(providers_.begin(), providers_.end(),
                                  [&](const auto& one) { return one->settings().issuer == issuer; });
  return found == providers_.end() ? nullptr : found->get();
}

Result<SignInStart> SignIns::start(const std::string& provider_id, std::string_view return_path) {
  Provider* const chosen = provider(provider_id);
  if (chosen == nullptr) return fail(ErrorCode::kNotFound, "There is no such way to sign in.");
  PendingSignIn pending = begin_sign_in(pending_prefix_, chosen->settings().id, safe_return_path(return_path),
                                        redirect_uri(), clock_());
  VAT_ASSIGN(std::string location, chosen->authorization_url(pending.ticket));
  return SignInStart{std::move(location), std::move(pending.cookie_name), std::move(pending.cookie_value)};
}

Result<SignedIn> SignIns::finish(const SignInAnswer& answer) {
  const auto pending =
      resume_sign_in(pending_prefix_, answer.state, answer.cookie_value, redirect_uri(), clock_());
  if (!pending) return begin_again("the state belongs to no cookie");
  Provider* const chosen = provider(pending->provider_id);
  if (chosen == nullptr) return begin_again("the provider is no longer configured");
  if (answer.error == "access_denied")
    return fail(ErrorCode::kUnauthorized, "The sign-in was cancelled at " + chosen->settings().name + ".");
  if (!answer.error.empty() || answer.code.empty() || answer.code.size() > kMaxCode)
    return fail(Error(ErrorCode::kUnauthorized,
                      chosen->settings().name + " did not let you in; sign in again.", answer.error));
  VAT_ASSIGN(const Person person,
             chosen->redeem({.code = answer.code, .issuer = answer.issuer}, pending->ticket));
  VAT_ASSIGN(User user, sessions_.sign_in(sign_in_of(person, admission_of(options_.rules, person))));
  // A new secret each time, so that nobody can have planted it; the browser's old session is over.
  end_old_session(answer.old_secret);
  std::string secret = random_token(kSessionSecretBytes);
  Session session{.user_id = user.id, .provider = person.issuer, .subject = person.subject};
  session.provider_session = person.provider_session;
  session.device = answer.device;
  session.address = answer.address;
  VAT_ASSIGN(Session begun, sessions_.begin(session, digest_of(secret), options_.lifetimes));
  return SignedIn{.user = std::move(user),
                  .session_id = std::move(begun.id),
                  .provider = chosen->settings().name,
                  .secret = std::move(secret),
                  .return_path = pending->return_path};
}

void SignIns::end_old_session(const std::string& secret) {
  if (secret.size() != kSessionSecretLength) return;
  const auto owner = sessions_.find(digest_of(secret));
  if (!owner || !*owner) return;
  (void)end_session((*owner)->user.id, (*owner)->session_id);
}

Result<std::string> SignIns::sign_out(const std::string& user_id, const std::string& session_id) {
  VAT_ASSIGN(const Session session, sessions_.get(user_id, session_id));
  VAT_TRY(end_session(user_id, session_id));
  Provider* const from = provider_of_issuer(session.provider);
  const std::string there = from == nullptr ? "" : from->end_session_url(options_.base_url + "/");
  return there.empty() ? "/" : there;
}

Result<ProviderLogout> SignIns::sign_out_by_provider(const std::string& logout_token) {
  for (const auto& one : providers_) {
    // Each checks the signature with its own keys, so a token's own word about its issuer chooses nothing.
    Result<ProviderLogout> logout = one->verify_logout(logout_token);
    if (!logout) continue;
    VAT_TRY(sessions_.end_at_provider(logout->issuer, logout->subject, logout->provider_session,
                                      logout->token_id, logout->expires_at + kClockSkew));
    cache_.forget_all();
    return logout;
  }
  return fail(ErrorCode::kUnauthorized, "The logout token is not valid.");
}

std::optional<SessionOwner> SignIns::recent(std::string_view secret) const {
  if (secret.size() != kSessionSecretLength) return std::nullopt;
  return cache_.find(digest_of(secret));
}

Result<std::optional<SessionOwner>> SignIns::find(std::string_view secret) {
  if (secret.size() != kSessionSecretLength) return std::optional<SessionOwner>();
  const std::string digest = digest_of(secret);
  const std::uint64_t generation = cache_.generation();
  VAT_ASSIGN(std::optional<SessionOwner> owner, sessions_.find(digest));
  if (owner) cache_.add(digest, *owner, generation);
  return owner;
}

Result<std::vector<Session>> SignIns::sessions(const std::string& user_id) { return sessions_.list(user_id); }

Result<> SignIns::end_session(const std::string& user_id, const std::string& session_id) {
  VAT_TRY(sessions_.remove(user_id, session_id));
  cache_.forget_all();
  return {};
}

Result<> SignIns::end_sessions(const std::string& user_id, const std::string& kept) {
  VAT_TRY(sessions_.remove_all(user_id, kept));
  cache_.forget_all();
  return {};
}

std::string csrf_token(std::string_view session_secret) {
  return base64url_encode(hmac_sha256(session_secret, "csrf"));
}

bool is_csrf_token(std::string_view token, std::string_view session_secret) {
  return same_secret(token, csrf_token(session_secret));
}

}  // namespace vat::auth

#include "auth/id_token.h"

#include <boost/json/array.hpp>

#include "auth/digest.h"
#include "auth/json_claims.h"
#include "base/ascii.h"
#include "base/base64.h"
#include "base/text.h"

namespace vat::auth {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxSubject = 255;  // OpenID Connect Core 1.0, section 2
constexpr std::size_t kMaxEmail = 254;
constexpr std::size_t kMaxName = 200;
constexpr std::size_t kMaxAddress = 2000;
/// How long before now a token may have been issued, and after now its expiry be.
constexpr std::chrono::hours kOldest{24};

tl::unexpected<Error> wrong_claim(const char* claim) {
  return fail(Error(ErrorCode::kUnauthorized, "The provider's answer could not be verified; sign in again.",
                    std::string("the claim is wrong: ") + claim));
}

/// exp and iat within the clocks' difference.
Result<UtcTime> check_times(const json::object& claims, UtcTime now) {
  const auto expires = seconds_member(claims, "exp");
  const auto issued = seconds_member(claims, "iat");
  if (!expires || from_unix_seconds(*expires) + kClockSkew <= now) return wrong_claim("exp");
  if (!issued || from_unix_seconds(*issued) - kClockSkew > now || from_unix_seconds(*issued) + kOldest < now)
    return wrong_claim("iat");
  if (const auto begins = seconds_member(claims, "nbf");
      begins && from_unix_seconds(*begins) - kClockSkew > now) {
    return wrong_claim("nbf");
  }
  return from_unix_seconds(*expires);
}

/// Of several audiences, this client must be the authorised one.
Result<> check_audience(const json::object& claims, const std::string& client_id) {
  if (!names(claims, "aud", client_id)) return wrong_claim("aud");
  const json::value& audience = claims.at("aud");
  const bool several = audience.is_array() && audience.get_array().size() > 1;
  const std::string party = text_member(claims, "azp");
  if ((several && party.empty()) || (claims.contains("azp") && party != client_id)) return wrong_claim("azp");
  return {};
}

/// The left half of the digest (OpenID Connect Core 1.0, section 3.1.3.6). Every algorithm here has SHA-256.
Result<> check_access_token(const json::object& claims, const std::string& access_token) {
  if (!claims.contains("at_hash")) return {};
  const std::string half = sha256(access_token).substr(0, 16);
  if (text_member(claims, "at_hash") != base64url_encode(half)) return wrong_claim("at_hash");
  return {};
}

/// As it may be stored and shown; empty when it is longer.
std::string tidy(const json::object& claims, const char* name, std::size_t max_bytes) {
  std::string text = text_member(claims, name);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  text = std::string(trim(text));
  return text.size() > max_bytes ? std::string() : text;
}

void read_profile(const json::object& claims, Person& person) {
  person.email = to_lower(tidy(claims, "email", kMaxEmail));
  person.email_verified = !person.email.empty() && true_member(claims, "email_verified");
  person.hosted_domain = to_lower(tidy(claims, "hd", kMaxEmail));
  person.name = tidy(claims, "name", kMaxName);
  if (person.name.empty()) person.name = tidy(claims, "preferred_username", kMaxName);
  person.picture_url = tidy(claims, "picture", kMaxAddress);
}

}  // namespace

Result<Person> check_id_token(std::string_view text, const IdTokenChecks& checks) {
  const auto claims = parse_json_object(text);
  if (!claims) return wrong_claim("all");
  if (text_member(*claims, "iss") != checks.issuer) return wrong_claim("iss");
  VAT_TRY(check_audience(*claims, checks.client_id));
  VAT_TRY(check_times(*claims, checks.now));
  if (checks.nonce.empty() || text_member(*claims, "nonce") != checks.nonce) return wrong_claim("nonce");
  VAT_TRY(check_access_token(*claims, checks.access_token));
  Person person;
  person.issuer = checks.issuer;
  person.subject = text_member(*claims, "sub");
  if (person.subject.empty() || person.subject.size() > kMaxSubject) return wrong_claim("sub");
  read_profile(*claims, person);
  person.provider_session = text_member(*claims, "sid");
  if (person.provider_session.size() > kMaxSubject) return wrong_claim("sid");
  return person;
}

Result<Person> add_profile(Person person, std::string_view user_info) {
  const auto claims = parse_json_object(user_info);
  if (!claims || text_member(*claims, "sub") != person.subject) return wrong_claim("sub");
  const std::string hosted_domain = person.hosted_domain;
  read_profile(*claims, person);
  if (!hosted_domain.empty()) person.hosted_domain = hosted_domain;
  return person;
}

Result<ProviderLogout> check_logout_token(std::string_view text, const std::string& issuer,
                                          const std::string& client_id, UtcTime now) {
  const auto claims = parse_json_object(text);
  if (!claims) return wrong_claim("all");
  if (text_member(*claims, "iss") != issuer) return wrong_claim("iss");
  if (!names(*claims, "aud", client_id)) return wrong_claim("aud");
  ProviderLogout logout;
  VAT_ASSIGN(logout.expires_at, check_times(*claims, now));
  // An ID token must not serve as one.
  if (claims->contains("nonce")) return wrong_claim("nonce");
  const json::value* const events = claims->if_contains("events");
  if (events == nullptr || !events->is_object() ||
      !events->get_object().contains("http://schemas.openid.net/event/backchannel-logout")) {
    return wrong_claim("events");
  }
  logout.issuer = issuer;
  logout.subject = text_member(*claims, "sub");
  logout.provider_session = text_member(*claims, "sid");
  logout.token_id = text_member(*claims, "jti");
  if (logout.subject.empty() && logout.provider_session.empty()) return wrong_claim("sub");
  if (logout.token_id.empty() || logout.token_id.size() > kMaxSubject) return wrong_claim("jti");
  return logout;
}

}  // namespace vat::auth

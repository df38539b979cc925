#include "auth/access_tokens.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "auth/json_claims.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/uuid.h"

namespace vat::auth {
namespace {

namespace json = boost::json;

constexpr const char* kTokenType = "at+jwt";
constexpr std::string_view kRefreshPrefix = "vatr_";
constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kMaxRefreshToken = 128;
constexpr std::size_t kRefreshSecretBytes = 32;
constexpr std::size_t kKidBytes = 9;
/// Keys of another process are seen after this time.
constexpr std::chrono::minutes kKeysFresh{1};

std::string refresh_token_of(const std::string& family_id) {
  return std::string(kRefreshPrefix) + family_id + "." + random_token(kRefreshSecretBytes);
}

std::int64_t seconds_of(UtcTime time) { return to_unix_millis(time) / 1000; }

tl::unexpected<Error> wrong_refresh_token() {
  return fail(
      Error(ErrorCode::kUnauthorized, "The refresh token is not valid, has expired, or was used before.")
          .about_field("refresh_token"));
}

}  // namespace

AccessTokens::AccessTokens(std::string issuer, TokenStore& store, UtcClock clock)
    : issuer_(std::move(issuer)), store_(store), clock_(std::move(clock)) {}

bool AccessTokens::is_one(std::string_view token) {
  return token.starts_with("ey") && token.size() <= kMaxTokenBytes &&
         std::count(token.begin(), token.end(), '.') == 2;
}

Result<> AccessTokens::add_key() {
  const UtcTime now = clock_();
  VAT_ASSIGN(const SigningKey made, SigningKey::generate(random_token(kKidBytes)));
  VAT_ASSIGN(const std::string jwk, made.private_jwk());
  return store_.add_signing_key(
      {made.kid(), jwk, now + kSigningKeySigns, now + kSigningKeySigns + kSigningKeyStays});
}

Result<AccessTokens::KeptKeys> AccessTokens::load() {
  const UtcTime now = clock_();
  VAT_ASSIGN(const std::vector<StoredSigningKey> stored, store_.signing_keys());
  auto found = std::make_shared<Keys>();
  for (const StoredSigningKey& one : stored) {
    VAT_ASSIGN(SigningKey key, SigningKey::parse(one.private_jwk));
    VAT_ASSIGN(const std::string jwk, key.public_jwk());
    found->published += (found->published.empty() ? "" : ",") + jwk;
    if (found->signing || one.signs_until <= now) continue;
    found->signing = std::move(key);
    found->signs_until = one.signs_until;
  }
  found->published = "{\"keys\":[" + found->published + "]}";
  VAT_ASSIGN(found->set, KeySet::parse(found->published));
  return KeptKeys(std::move(found));
}

Result<AccessTokens::KeptKeys> AccessTokens::keys() {
  const std::lock_guard lock(mutex_);
  const UtcTime now = clock_();
  const bool signs = keys_ && keys_->signing && keys_->signs_until > now;
  if (signs && now < loaded_at_ + kKeysFresh) return keys_;
  VAT_ASSIGN(keys_, load());
  if (!keys_->signing) {
    VAT_TRY(add_key());
    VAT_ASSIGN(keys_, load());
  }
  loaded_at_ = now;
  return keys_;
}

Result<std::string> AccessTokens::sign(const TokenFamily& family) {
  VAT_ASSIGN(const KeptKeys kept, keys());
  if (!kept->signing) return fail(ErrorCode::kInternal, "There is no key to sign with.");
  const UtcTime now = clock_();
  const json::object claims{{"iss", issuer_},
                            {"aud", issuer_},
                            {"sub", family.user_id},
                            {"sid", family.id},
                            {"jti", make_uuid()},
                            {"iat", seconds_of(now)},
                            {"exp", seconds_of(now + kAccessTokenLifetime)},
                            {"scope", to_text(family.scopes)}};
  return kept->signing->sign(json::serialize(claims), kTokenType);
}

Result<IssuedTokens> AccessTokens::issue(const Caller& caller, const Scopes& scopes) {
  if (caller.key_id.empty() && caller.session_id.empty())
    return fail(ErrorCode::kInvalidArgument,
                "An access token is made from an API key or a session; send a key.");
  TokenFamily family{.id = make_uuid(), .user_id = caller.id, .scopes = scopes};
  // A caller by a token has both ids of its origin, of which one is empty.
  family.session_id = caller.session_id;
  family.key_id = caller.key_id;
  family.expires_at = clock_() + kRefreshTokenLifetime;
  const std::string refresh_token = refresh_token_of(family.id);
  VAT_ASSIGN(family, store_.begin_family(family, hash_hex(Digest::kSha256, refresh_token)));
  VAT_ASSIGN(std::string access_token, sign(family));
  return IssuedTokens{std::move(access_token), refresh_token, family.scopes};
}

Result<IssuedTokens> AccessTokens::refresh(const std::string& refresh_token) {
  const std::size_t begin = kRefreshPrefix.size();
  if (refresh_token.size() > kMaxRefreshToken || !refresh_token.starts_with(kRefreshPrefix) ||
      refresh_token.size() <= begin + kUuidLength) {
    return wrong_refresh_token();
  }
  const std::string family_id = refresh_token.substr(begin, kUuidLength);
  const std::string next = refresh_token_of(family_id);
  VAT_ASSIGN(const std::optional<TokenFamily> family,
             store_.rotate(family_id, hash_hex(Digest::kSha256, refresh_token),
                           hash_hex(Digest::kSha256, next), clock_() + kRefreshTokenLifetime));
  if (!family) return wrong_refresh_token();
  VAT_ASSIGN(std::string access_token, sign(*family));
  return IssuedTokens{std::move(access_token), next, family->scopes};
}

Result<std::optional<Caller>> AccessTokens::identify(std::string_view token) {
  using Found = std::optional<Caller>;
  const auto header = read_token_header(token);
  if (!header || header->typ != kTokenType) return Found();
  VAT_ASSIGN(const KeptKeys kept, keys());
  const auto verified = kept->set.verify(token, {Algorithm::kEs256});
  const auto claims = verified ? parse_json_object(*verified) : std::nullopt;
  if (!claims || text_member(*claims, "iss") != issuer_ || !names(*claims, "aud", issuer_)) return Found();
  const auto expires = seconds_member(*claims, "exp");
  if (!expires || from_unix_seconds(*expires) <= clock_()) return Found();
  return store_.find_family(text_member(*claims, "sid"));
}

Result<std::string> AccessTokens::published_keys() {
  VAT_ASSIGN(const KeptKeys kept, keys());
  return kept->published;
}

}  // namespace vat::auth

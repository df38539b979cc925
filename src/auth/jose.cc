#include "auth/jose.h"

#include <cjose/cjose.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>

#include "auth/json_claims.h"
#include "base/ascii.h"
#include "base/base64.h"

namespace vat::auth {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxKeys = 64;
constexpr std::size_t kEs256Bytes = 64;
constexpr std::size_t kMinRsaBits = 2048;
constexpr std::size_t kMaxRsaBits = 8192;

struct JwkRelease {
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
};
struct JwsRelease {
  void operator()(cjose_jws_t* token) const { cjose_jws_release(token); }
};
struct HeaderRelease {
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
struct Freer {
  void operator()(void* memory) const { std::free(memory); }
};
using Jwk = std::unique_ptr<cjose_jwk_t, JwkRelease>;
using Jws = std::unique_ptr<cjose_jws_t, JwsRelease>;
using Header = std::unique_ptr<cjose_header_t, HeaderRelease>;

tl::unexpected<Error> refused_token(std::string why) {
  return fail(Error(ErrorCode::kUnauthorized, "The token is not valid.", std::move(why)));
}

/// Decodes only what base64url_encode() writes (RFC 7515, section 2).
std::optional<std::string> canonical(std::string_view text) {
  auto bytes = base64url_decode(text);
  if (bytes && base64url_encode(*bytes) != text) bytes.reset();
  return bytes;
}

tl::unexpected<Error> library_failed(const cjose_err& error) {
  return fail(Error(ErrorCode::kInternal, "A token could not be signed.",
                    error.message == nullptr ? "" : error.message));
}

/// Whether the key is of the type that the algorithm requires (RFC 7518, section 3).
bool fits(const cjose_jwk_t* key, Algorithm algorithm) {
  cjose_err error{};
  const cjose_jwk_kty_t type = cjose_jwk_get_kty(key, &error);
  if (algorithm == Algorithm::kEs256)
    return type == CJOSE_JWK_KTY_EC && cjose_jwk_EC_get_curve(key, &error) == CJOSE_JWK_EC_P_256;
  return type == CJOSE_JWK_KTY_RSA;
}

bool usable(const cjose_jwk_t* key) {
  cjose_err error{};
  if (fits(key, Algorithm::kEs256)) return true;
  const std::size_t bits = cjose_jwk_get_keysize(key, &error);
  return fits(key, Algorithm::kRs256) && bits >= kMinRsaBits && bits <= kMaxRsaBits;
}

/// Null if the key is not valid. The library ends the program at some texts that are no base64url, so every
/// number is checked that it may read (RFC 7518, section 6).
Jwk import_key(const json::object& members) {
  for (const char* const number : {"x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi"}) {
    const json::value* const value = members.if_contains(number);
    if (value != nullptr && (!value->is_string() || !canonical(value->get_string()))) return nullptr;
  }
  cjose_err error{};
  const std::string text = json::serialize(members);
  return Jwk(cjose_jwk_import(text.data(), text.size(), &error));
}

}  // namespace

std::string_view algorithm_name(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRs256:
      return "RS256";
    case Algorithm::kPs256:
      return "PS256";
    case Algorithm::kEs256:
      break;
  }
  return "ES256";
}

std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (const Algorithm one : {Algorithm::kRs256, Algorithm::kPs256, Algorithm::kEs256}) {
    if (algorithm_name(one) == name) return one;
  }
  return std::nullopt;
}

Result<TokenHeader> read_token_header(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return refused_token("too long");
  if (std::count(token.begin(), token.end(), '.') != 2) return refused_token("not three parts");
  const std::size_t second = token.find('.') + 1, third = token.rfind('.') + 1;
  const auto text = canonical(token.substr(0, second - 1));
  // The library reads past what is no base64url.
  if (!canonical(token.substr(second, third - second - 1)) || !canonical(token.substr(third)))
    return refused_token("a part is not base64url");
  const auto header = text ? parse_json_object(*text) : std::nullopt;
  if (!header) return refused_token("the header is no object");
  for (const char* const member : {"crit", "jwk", "jku", "x5u"}) {
    if (header->contains(member)) return refused_token(std::string("the header has ") + member);
  }
  const auto algorithm = parse_algorithm(text_member(*header, "alg"));
  if (!algorithm) return refused_token("the algorithm is not supported");
  const json::value* const kid = header->if_contains("kid");
  if (kid != nullptr && !kid->is_string()) return refused_token("kid is no text");
  return TokenHeader{*algorithm, text_member(*header, "kid"), to_lower(text_member(*header, "typ"))};
}

struct KeySet::Key {
  Jwk jwk;
  std::string kid;
  std::optional<Algorithm> only;  ///< The key's own "alg".
};

Result<KeySet> KeySet::parse(std::string_view text) {
  const auto bad = [] { return fail(ErrorCode::kBadData, "This is not a set of JSON Web Keys."); };
  if (text.size() > kMaxKeySetBytes) return bad();
  const auto document = parse_json_object(text);
  const json::value* const keys = document ? document->if_contains("keys") : nullptr;
  if (keys == nullptr || !keys->is_array()) return bad();
  KeySet set;
  for (const json::value& one : keys->get_array()) {
    if (!one.is_object() || set.keys_.size() == kMaxKeys) continue;
    const json::object& members = one.get_object();
    const std::string use = text_member(members, "use");
    const std::string alg = text_member(members, "alg");
    const std::string type = text_member(members, "kty");
    // A private or symmetric key in public is nobody's key any more.
    if ((!use.empty() && use != "sig") || (!alg.empty() && !parse_algorithm(alg)) ||
        (type != "RSA" && type != "EC") || members.contains("d")) {
      continue;
    }
    Jwk jwk = import_key(members);
    if (!jwk || !usable(jwk.get())) continue;
    set.keys_.push_back(
        std::make_shared<const Key>(Key{std::move(jwk), text_member(members, "kid"), parse_algorithm(alg)}));
  }
  return set;
}

bool KeySet::has(std::string_view kid) const {
  return std::any_of(keys_.begin(), keys_.end(), [&](const auto& key) { return key->kid == kid; });
}

Result<std::string> KeySet::verify(std::string_view token, const std::vector<Algorithm>& allowed) const {
  VAT_ASSIGN(const TokenHeader header, read_token_header(token));
  if (std::find(allowed.begin(), allowed.end(), header.algorithm) == allowed.end())
    return refused_token("the algorithm is not allowed here");
  // R and S (RFC 7518, section 3.4); the library ignores what follows them.
  const auto signature = canonical(token.substr(token.rfind('.') + 1));
  if (header.algorithm == Algorithm::kEs256 && signature->size() != kEs256Bytes)
    return refused_token("the signature has another length");
  const Key* chosen = nullptr;
  for (const auto& key : keys_) {
    if (!fits(key->jwk.get(), header.algorithm) || (key->only && *key->only != header.algorithm)) continue;
    if (!header.kid.empty() && key->kid != header.kid) continue;
    if (chosen != nullptr) return refused_token("more than one key fits");
    chosen = key.get();
  }
  if (chosen == nullptr) return refused_token("no key fits");
  cjose_err error{};
  const Jws jws(cjose_jws_import(token.data(), token.size(), &error));
  if (!jws) return refused_token("not a token");
  // What the library understood must be what was checked here.
  const char* const understood = cjose_header_get(cjose_jws_get_protected(jws.get()), CJOSE_HDR_ALG, &error);
  if (understood == nullptr || algorithm_name(header.algorithm) != understood)
    return refused_token("two algorithms");
  if (!cjose_jws_verify(jws.get(), chosen->jwk.get(), &error)) return refused_token("the signature is wrong");
  std::uint8_t* plain = nullptr;
  std::size_t size = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &plain, &size, &error)) return refused_token("no content");
  return std::string(reinterpret_cast<const char*>(plain), size);
}

struct SigningKey::Key {
  Jwk jwk;
};

Result<SigningKey> SigningKey::generate(const std::string& kid) {
  cjose_err error{};
  Jwk jwk(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error));
  if (!jwk || !cjose_jwk_set_kid(jwk.get(), kid.data(), kid.size(), &error)) return library_failed(error);
  SigningKey made;
  made.kid_ = kid;
  made.key_ = std::make_shared<const Key>(Key{std::move(jwk)});
  return made;
}

Result<SigningKey> SigningKey::parse(std::string_view private_jwk) {
  const auto members = parse_json_object(private_jwk);
  Jwk jwk = members && members->contains("d") ? import_key(*members) : nullptr;
  if (!jwk || !fits(jwk.get(), Algorithm::kEs256))
    return fail(ErrorCode::kBadData, "A signing key of the database is not valid.");
  SigningKey made;
  made.kid_ = text_member(*members, "kid");
  made.key_ = std::make_shared<const Key>(Key{std::move(jwk)});
  return made;
}

Result<std::string> SigningKey::private_jwk() const {
  cjose_err error{};
  const std::unique_ptr<char, Freer> text(cjose_jwk_to_json(key_->jwk.get(), true, &error));
  if (!text) return library_failed(error);
  return std::string(text.get());
}

Result<std::string> SigningKey::public_jwk() const {
  cjose_err error{};
  const std::unique_ptr<char, Freer> text(cjose_jwk_to_json(key_->jwk.get(), false, &error));
  auto members = text ? parse_json_object(text.get()) : std::nullopt;
  if (!members) return library_failed(error);
  (*members)["use"] = "sig";
  (*members)["alg"] = "ES256";
  return json::serialize(*members);
}

Result<std::string> SigningKey::sign(const std::string& claims, const std::string& typ) const {
  cjose_err error{};
  const Header header(cjose_header_new(&error));
  if (!header || !cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, &error) ||
      !cjose_header_set(header.get(), CJOSE_HDR_KID, kid_.c_str(), &error) ||
      !cjose_header_set(header.get(), "typ", typ.c_str(), &error)) {
    return library_failed(error);
  }
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(claims.data());
  const Jws jws(cjose_jws_sign(key_->jwk.get(), header.get(), bytes, claims.size(), &error));
  const char* compact = nullptr;
  if (!jws || !cjose_jws_export(jws.get(), &compact, &error)) return library_failed(error);
  return std::string(compact);
}

}  // namespace vat::auth

#include "auth/testing/issuer.h"

#include <cjose/cjose.h>

#include <cstdlib>

#include "base/base64.h"
#include "base/hash.h"

namespace vat::auth::testing {

struct TestKey::Key {
  cjose_jwk_t* jwk = nullptr;
  ~Key() { cjose_jwk_release(jwk); }
};

TestKey::TestKey(const std::string& type, const std::string& kid) : key_(std::make_unique<Key>()) {
  cjose_err error{};
  key_->jwk = type == "RSA" ? cjose_jwk_create_RSA_random(2048, nullptr, 0, &error)
                            : cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error);
  if (key_->jwk == nullptr) std::abort();
  if (!kid.empty()) cjose_jwk_set_kid(key_->jwk, kid.data(), kid.size(), &error);
}
TestKey::~TestKey() = default;
TestKey::TestKey(TestKey&&) noexcept = default;

std::string TestKey::public_jwk() const {
  cjose_err error{};
  char* const text = cjose_jwk_to_json(key_->jwk, false, &error);
  std::string copy = text;
  std::free(text);
  return copy;
}

std::string TestKey::sign(const std::string& algorithm, const std::string& claims,
                          const std::map<std::string, std::string>& members) const {
  cjose_err error{};
  cjose_header_t* const header = cjose_header_new(&error);
  cjose_header_set(header, "alg", algorithm.c_str(), &error);
  if (const char* const kid = cjose_jwk_get_kid(key_->jwk, &error))
    cjose_header_set(header, "kid", kid, &error);
  for (const auto& [name, value] : members) {
    const bool set =
        value.starts_with('"')
            ? cjose_header_set(header, name.c_str(), value.substr(1, value.size() - 2).c_str(), &error)
            : cjose_header_set_raw(header, name.c_str(), value.c_str(), &error);
    if (!set) std::abort();
  }
  cjose_jws_t* const token = cjose_jws_sign(
      key_->jwk, header, reinterpret_cast<const std::uint8_t*>(claims.data()), claims.size(), &error);
  const char* text = nullptr;
  if (token == nullptr || !cjose_jws_export(token, &text, &error)) std::abort();
  std::string copy = text;
  cjose_jws_release(token);
  cjose_header_release(header);
  return copy;
}

std::string symmetric_token(const std::string& header, const std::string& claims, const std::string& secret) {
  const std::string input = base64url_encode(header) + "." + base64url_encode(claims);
  return input + "." + (secret.empty() ? "" : base64url_encode(hmac_sha256(secret, input)));
}

std::string key_set(const std::vector<std::string>& jwks) {
  std::string text;
  for (const std::string& jwk : jwks) text += (text.empty() ? "" : ",") + jwk;
  return "{\"keys\":[" + text + "]}";
}

Result<HttpResponse> TestWeb::send(const HttpRequest& request, std::stop_token /*stop*/) {
  if (request.url.ends_with("/.well-known/openid-configuration")) ++discoveries;
  if (request.url.ends_with("/jwks")) ++key_requests;
  return answer(request);
}

}  // namespace vat::auth::testing

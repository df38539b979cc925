// Any bytes as a token, a set of keys, the claims of a token, and the cookie of a sign-in that has begun.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/id_token.h"
#include "auth/jose.h"
#include "auth/pending.h"

namespace {

const vat::auth::KeySet& known_keys() {
  static const vat::auth::KeySet keys =
      vat::auth::KeySet::parse("{\"keys\":[" +
                               vat::auth::SigningKey::generate("k").value().public_jwk().value() + "]}")
          .value();
  return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::auth;
  const std::string text(reinterpret_cast<const char*>(data), size);
  // Nobody has the private key.
  if (known_keys().verify(text, {Algorithm::kRs256, Algorithm::kPs256, Algorithm::kEs256})) std::abort();
  if (const auto keys = KeySet::parse(text)) (void)keys->verify(text, {Algorithm::kEs256});
  const vat::UtcTime now = vat::from_unix_seconds(1'800'000'000);
  (void)check_id_token(text, {"https://issuer.example", "client", "n", "access", now});
  (void)check_logout_token(text, "https://issuer.example", "client", now);
  if (resume_sign_in("vat_", std::string(43, 'a'), text, "https://vat.example/auth/callback", now))
    std::abort();
  const std::string path = safe_return_path(text);
  if (!path.starts_with('/') || path.starts_with("//") || path.find('\\') != std::string::npos) std::abort();
  return 0;
}

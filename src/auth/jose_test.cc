#include "auth/jose.h"

#include <gtest/gtest.h>

#include "auth/json_claims.h"
#include "auth/testing/issuer.h"
#include "base/base64.h"

namespace vat::auth {
namespace {

using testing::key_set;
using testing::symmetric_token;
using testing::TestKey;

const std::string kSomeClaims = R"({"sub":"ada"})";
const std::vector<Algorithm> kBoth = {Algorithm::kRs256, Algorithm::kEs256};

const TestKey& rsa() {
  static const TestKey key("RSA", "r1");
  return key;
}
const TestKey& ec() {
  static const TestKey key("EC", "e1");
  return key;
}
KeySet both_keys() { return KeySet::parse(key_set({rsa().public_jwk(), ec().public_jwk()})).value(); }

ErrorCode refusal(const KeySet& keys, const std::string& token) {
  const auto verified = keys.verify(token, kBoth);
  return verified ? ErrorCode::kInternal : verified.error().code;
}

TEST(JoseTest, VerifiesWhatTheIssuerSigned) {
  EXPECT_EQ(both_keys().verify(rsa().sign("RS256", kSomeClaims), kBoth).value(), kSomeClaims);
  EXPECT_EQ(both_keys().verify(ec().sign("ES256", kSomeClaims), kBoth).value(), kSomeClaims);
  EXPECT_EQ(both_keys().verify(rsa().sign("PS256", kSomeClaims), {Algorithm::kPs256}).value(), kSomeClaims);
}

TEST(JoseTest, RefusesAlgorithmsThatAreNotAllowed) {
  const KeySet keys = both_keys();
  EXPECT_FALSE(keys.verify(rsa().sign("PS256", kSomeClaims), kBoth));
  EXPECT_FALSE(keys.verify(ec().sign("ES256", kSomeClaims), {Algorithm::kRs256}));
  EXPECT_EQ(refusal(keys, rsa().sign("RS512", kSomeClaims)), ErrorCode::kUnauthorized);
}

TEST(JoseTest, RefusesNone) {
  const KeySet keys = both_keys();
  for (const char* const name : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string header = std::string(R"({"alg":")") + name + R"(","kid":"r1"})";
    EXPECT_EQ(refusal(keys, symmetric_token(header, kSomeClaims, "")), ErrorCode::kUnauthorized) << name;
    EXPECT_EQ(refusal(keys, symmetric_token(header, kSomeClaims, "x")), ErrorCode::kUnauthorized) << name;
  }
  EXPECT_EQ(refusal(keys, symmetric_token(R"({"kid":"r1"})", kSomeClaims, "")), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, symmetric_token(R"({"alg":["RS256"]})", kSomeClaims, "")),
            ErrorCode::kUnauthorized);
}

TEST(JoseTest, RefusesHmacWithThePublicKey) {
  const KeySet keys = both_keys();
  const std::string jwk = rsa().public_jwk();
  const std::string modulus = *base64url_decode(text_member(*parse_json_object(jwk), "n"));
  for (const std::string& secret : {jwk, key_set({jwk}), modulus, base64url_encode(modulus)}) {
    EXPECT_EQ(refusal(keys, symmetric_token(R"({"alg":"HS256","kid":"r1"})", kSomeClaims, secret)),
              ErrorCode::kUnauthorized);
    EXPECT_EQ(refusal(keys, symmetric_token(R"({"alg":"RS256","kid":"r1"})", kSomeClaims, secret)),
              ErrorCode::kUnauthorized);
  }
}

TEST(JoseTest, RefusesAKeyThatTheTokenBrings) {
  const TestKey mine("RSA", "r1");
  const KeySet keys = both_keys();
  EXPECT_EQ(refusal(keys, mine.sign("RS256", kSomeClaims)), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, mine.sign("RS256", kSomeClaims, {{"jwk", mine.public_jwk()}})),
            ErrorCode::kUnauthorized);
  // Even with the right signature, it is nothing that an issuer here sends.
  for (const char* const name : {"jku", "x5u"}) {
    EXPECT_EQ(refusal(keys, rsa().sign("RS256", kSomeClaims, {{name, R"("https://evil.example/keys")"}})),
              ErrorCode::kUnauthorized)
        << name;
  }
}

TEST(JoseTest, RefusesWhatIsCritical) {
  EXPECT_EQ(refusal(both_keys(), rsa().sign("RS256", kSomeClaims, {{"crit", R"(["exp"])"}})),
            ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(both_keys(), rsa().sign("RS256", kSomeClaims, {{"crit", "[]"}})),
            ErrorCode::kUnauthorized);
}

TEST(JoseTest, TakesOnlyTheKeyThatTheTokenNames) {
  const TestKey other("RSA", "r2");
  const KeySet keys = KeySet::parse(key_set({rsa().public_jwk(), other.public_jwk()})).value();
  EXPECT_TRUE(keys.verify(other.sign("RS256", kSomeClaims), kBoth));
  EXPECT_EQ(refusal(keys, rsa().sign("RS256", kSomeClaims, {{"kid", R"("r2")"}})), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, rsa().sign("RS256", kSomeClaims, {{"kid", R"("r3")"}})), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, rsa().sign("RS256", kSomeClaims, {{"kid", "[7]"}})), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, rsa().sign("RS256", kSomeClaims, {{"kid", R"("../../r1")"}})),
            ErrorCode::kUnauthorized);
  // A key of another type under the same name.
  EXPECT_EQ(refusal(both_keys(), ec().sign("ES256", kSomeClaims, {{"kid", R"("r1")"}})),
            ErrorCode::kUnauthorized);
}

TEST(JoseTest, NeedsNoNameWhereOneKeyFits) {
  const TestKey unnamed("RSA", "");
  EXPECT_TRUE(KeySet::parse(key_set({unnamed.public_jwk(), ec().public_jwk()}))
                  ->verify(unnamed.sign("RS256", kSomeClaims), kBoth));
  EXPECT_FALSE(KeySet::parse(key_set({unnamed.public_jwk(), rsa().public_jwk()}))
                   ->verify(unnamed.sign("RS256", kSomeClaims), kBoth));
}

TEST(JoseTest, RefusesBrokenTokens) {
  const KeySet keys = both_keys();
  const std::string token = rsa().sign("RS256", kSomeClaims);
  for (std::size_t size = 0; size < token.size(); size += 1 + token.size() / 97)
    EXPECT_EQ(refusal(keys, token.substr(0, size)), ErrorCode::kUnauthorized) << size;
  const std::size_t content = token.find('.') + 1;
  std::string forged = token;
  forged.replace(content, base64url_encode(kSomeClaims).size(), base64url_encode(R"({"sub":"eve"})"));
  EXPECT_EQ(refusal(keys, forged), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, token + "."), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, token + ".a"), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, token.substr(0, token.rfind('.')) + "."), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, rsa().sign("RS256", std::string(kMaxTokenBytes, 'x'))), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, std::string(1U << 20U, '.')), ErrorCode::kUnauthorized);
  EXPECT_EQ(refusal(keys, ".."), ErrorCode::kUnauthorized);
}

TEST(JoseTest, LeavesOutKeysThatAreNotForThis) {
  const auto size = [](const std::string& jwk) { return KeySet::parse(key_set({jwk}))->size(); };
  EXPECT_EQ(size(rsa().public_jwk()), 1U);
  std::string jwk = rsa().public_jwk();
  jwk.insert(1, R"("use":"enc",)");
  EXPECT_EQ(size(jwk), 0U);
  EXPECT_EQ(size(R"({"kty":"oct","kid":"r1","k":"c2VjcmV0"})"), 0U);
  EXPECT_EQ(size(R"({"kty":"RSA","kid":"r1","n":"AQAB","e":"AQAB"})"), 0U) << "too short";
  EXPECT_EQ(size(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"), 0U) << "not on the curve";
  EXPECT_EQ(size("7"), 0U);
  for (const char* const text : {"", "[]", "{}", R"({"keys":{}})", "{\"keys\":["})
    EXPECT_FALSE(KeySet::parse(text)) << text;
  EXPECT_FALSE(KeySet::parse(R"({"keys":[],"x":")" + std::string(kMaxKeySetBytes, 'x') + "\"}"));
}

TEST(JoseTest, LeavesOutKeysWhoseNumbersAreNoBase64url) {
  const auto size = [](const std::string& y) {
    return KeySet::
        parse(key_set(
                  {R"({"kty":"EC","crv":"P-256","kid":"e1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                   R"("y":")" +
                   y + "\"}"}))
            ->size();
  };
  EXPECT_EQ(size("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"), 1U);
  EXPECT_EQ(size("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjK=WI5a0"), 0U) << "the library would end the program";
  EXPECT_EQ(size("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0="), 0U);
}

TEST(SigningKeyTest, SignsWhatItsPublicKeyVerifies) {
  const SigningKey key = SigningKey::generate("k1").value();
  const SigningKey again = SigningKey::parse(key.private_jwk().value()).value();
  EXPECT_EQ(again.kid(), "k1");
  const std::string published = key.public_jwk().value();
  EXPECT_EQ(published.find("\"d\""), std::string::npos) << "the secret is not published";
  const std::string token = again.sign(kSomeClaims, "at+jwt").value();
  EXPECT_EQ(KeySet::parse(key_set({published}))->verify(token, {Algorithm::kEs256}).value(), kSomeClaims);
  EXPECT_EQ(read_token_header(token)->typ, "at+jwt");
  EXPECT_FALSE(SigningKey::parse(published));
  EXPECT_FALSE(SigningKey::parse("{}"));
}

}  // namespace
}  // namespace vat::auth

#include "auth/id_token.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "auth/digest.h"
#include "base/base64.h"

namespace vat::auth {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

constexpr std::int64_t kThen = 1'800'000'000;
constexpr const char* kGoodIssuer = "https://issuer.example";

json::object good_claims() {
  return {{"iss", kGoodIssuer},
          {"aud", "client"},
          {"sub", "42"},
          {"exp", kThen + 300},
          {"iat", kThen},
          {"nonce", "n"},
          {"email", "Ada@Example.com"},
          {"email_verified", true},
          {"name", "Ada\nLovelace"},
          {"picture", "https://issuer.example/ada.png"},
          {"sid", "s1"}};
}
IdTokenChecks checks(std::int64_t now = kThen) {
  return {kGoodIssuer, "client", "n", "access", from_unix_seconds(now)};
}
Result<Person> person_of(const json::object& claims, std::int64_t now = kThen) {
  return check_id_token(json::serialize(claims), checks(now));
}
/// The claims with one of another value, or without it.
std::string wrong_with(const char* name, const json::value& value, std::int64_t now = kThen) {
  json::object claims = good_claims();
  if (value.is_null())
    claims.erase(name);
  else
    claims[name] = value;
  const auto person = person_of(claims, now);
  return person ? "accepted" : person.error().detail;
}

TEST(IdTokenTest, SaysWhoItIs) {
  const Person person = person_of(good_claims()).value();
  EXPECT_EQ(person.subject, "42");
  EXPECT_EQ(person.email, "ada@example.com");
  EXPECT_TRUE(person.email_verified);
  EXPECT_EQ(person.name, "Ada Lovelace");
  EXPECT_EQ(person.provider_session, "s1");
}

TEST(IdTokenTest, RefusesEachWrongClaim) {
  EXPECT_THAT(wrong_with("iss", "https://evil.example"), HasSubstr("iss"));
  EXPECT_THAT(wrong_with("iss", json::string(std::string(kGoodIssuer) + "/")), HasSubstr("iss"));
  EXPECT_THAT(wrong_with("iss", nullptr), HasSubstr("iss"));
  EXPECT_THAT(wrong_with("aud", "another"), HasSubstr("aud"));
  EXPECT_THAT(wrong_with("aud", nullptr), HasSubstr("aud"));
  EXPECT_THAT(wrong_with("aud", json::array{"another"}), HasSubstr("aud"));
  EXPECT_THAT(wrong_with("aud", json::array{"client", "another"}), HasSubstr("azp"));
  EXPECT_THAT(wrong_with("azp", "another"), HasSubstr("azp"));
  EXPECT_THAT(wrong_with("azp", 7), HasSubstr("azp"));
  EXPECT_THAT(wrong_with("nonce", "m"), HasSubstr("nonce"));
  EXPECT_THAT(wrong_with("nonce", nullptr), HasSubstr("nonce"));
  EXPECT_THAT(wrong_with("sub", nullptr), HasSubstr("sub"));
  EXPECT_THAT(wrong_with("sub", json::string(256, 'x')), HasSubstr("sub"));
  EXPECT_THAT(wrong_with("exp", nullptr), HasSubstr("exp"));
  EXPECT_THAT(wrong_with("exp", "2027"), HasSubstr("exp"));
  EXPECT_THAT(wrong_with("exp", 1e300), HasSubstr("exp"));
  EXPECT_THAT(wrong_with("iat", nullptr), HasSubstr("iat"));
  EXPECT_THAT(wrong_with("nbf", kThen + 3600), HasSubstr("nbf"));
  EXPECT_FALSE(check_id_token("[]", checks()));
  EXPECT_FALSE(check_id_token("", checks()));
}

TEST(IdTokenTest, AllowsAMinuteBetweenTheClocks) {
  EXPECT_EQ(wrong_with("azp", "client", kThen + 300 + 59), "accepted");
  EXPECT_THAT(wrong_with("azp", "client", kThen + 300 + 60), HasSubstr("exp"));
  EXPECT_EQ(wrong_with("azp", "client", kThen - 60), "accepted");
  EXPECT_THAT(wrong_with("azp", "client", kThen - 61), HasSubstr("iat"));
}

TEST(IdTokenTest, BindsTheAccessToken) {
  EXPECT_THAT(wrong_with("at_hash", "x"), HasSubstr("at_hash"));
  EXPECT_EQ(wrong_with("at_hash", json::string(base64url_encode(sha256("access").substr(0, 16)))),
            "accepted");
  EXPECT_THAT(wrong_with("at_hash", json::string(base64url_encode(sha256("other").substr(0, 16)))),
              HasSubstr("at_hash"));
}

TEST(IdTokenTest, TakesAnAddressAsVerifiedOnlyIfTheProviderSaysSo) {
  json::object claims = good_claims();
  for (const json::value& no :
       {json::value(false), json::value("false"), json::value(1), json::value(nullptr)}) {
    claims["email_verified"] = no;
    EXPECT_FALSE(person_of(claims).value().email_verified);
  }
  claims.erase("email_verified");
  EXPECT_FALSE(person_of(claims).value().email_verified);
  claims["email_verified"] = "true";
  EXPECT_TRUE(person_of(claims).value().email_verified);
  claims.erase("email");
  EXPECT_FALSE(person_of(claims).value().email_verified);
}

TEST(IdTokenTest, TakesTheProfileOfTheSameSubjectOnly) {
  json::object claims = good_claims();
  claims.erase("email");
  const Person person = person_of(claims).value();
  EXPECT_EQ(add_profile(person, R"({"sub":"42","email":"A@b.example","email_verified":true})")->email,
            "a@b.example");
  EXPECT_FALSE(add_profile(person, R"({"sub":"43","email":"a@b.example","email_verified":true})"));
  EXPECT_FALSE(add_profile(person, R"({"email":"a@b.example"})"));
  EXPECT_FALSE(add_profile(person, "<html>"));
}

json::object logout_claims() {
  return {{"iss", kGoodIssuer},
          {"aud", "client"},
          {"sub", "42"},
          {"iat", kThen},
          {"exp", kThen + 120},
          {"jti", "j1"},
          {"events", {{"http://schemas.openid.net/event/backchannel-logout", json::object()}}}};
}
bool ends_sessions(const json::object& claims) {
  return check_logout_token(json::serialize(claims), kGoodIssuer, "client", from_unix_seconds(kThen))
      .has_value();
}

TEST(LogoutTokenTest, IsNoIdTokenAndHasItsEvent) {
  EXPECT_TRUE(ends_sessions(logout_claims()));
  json::object claims = logout_claims();
  claims["nonce"] = "n";
  EXPECT_FALSE(ends_sessions(claims));
  for (const char* const name : {"iss", "aud", "iat", "jti", "events", "sub"}) {
    claims = logout_claims();
    claims.erase(name);
    EXPECT_FALSE(ends_sessions(claims)) << name;
  }
  claims["sid"] = "s1";
  EXPECT_TRUE(ends_sessions(claims)) << "a session without its subject";
  EXPECT_FALSE(ends_sessions(good_claims())) << "an ID token";
}

}  // namespace
}  // namespace vat::auth

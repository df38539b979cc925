#include "auth/provider.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "auth/digest.h"
#include "auth/testing/issuer.h"
#include "base/base64.h"

namespace vat::auth {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using testing::key_set;
using ::testing::Not;
using testing::TestKey;

constexpr const char* kIssuer = "https://issuer.example";

const TestKey& first_key() {
  static const TestKey key("RSA", "k1");
  return key;
}
const TestKey& second_key() {
  static const TestKey key("EC", "k2");
  return key;
}

class ProviderTest : public ::testing::Test {
 protected:
  ProviderTest()
      : provider({.id = "test",
                  .name = "Test",
                  .issuer = kIssuer,
                  .client_id = "client",
                  .client_secret = "s:e/c"},
                 web, [this] { return now; }) {
    web.answer = [this](const HttpRequest& request) { return answer(request); };
  }
  Result<HttpResponse> answer(const HttpRequest& request) {
    if (down) return fail(ErrorCode::kNetwork, "No route.");
    if (request.url == std::string(kIssuer) + "/.well-known/openid-configuration")
      return HttpResponse{200, {}, json::serialize(document)};
    if (request.url == std::string(kIssuer) + "/jwks") return HttpResponse{200, {}, jwks};
    if (request.url == std::string(kIssuer) + "/token") {
      token_request = request;
      return HttpResponse{
          200, {}, json::serialize(json::object{{"access_token", "access"}, {"id_token", id_token}})};
    }
    return HttpResponse{404, {}, ""};
  }
  std::string claims() const {
    const std::int64_t seconds = to_unix_millis(now) / 1000;
    return json::serialize(json::object{{"iss", kIssuer},
                                        {"aud", "client"},
                                        {"sub", "42"},
                                        {"nonce", "n"},
                                        {"iat", seconds},
                                        {"exp", seconds + 300}});
  }
  Result<Person> redeem(const std::string& issuer = "") {
    return provider.redeem({.code = "c0de", .issuer = issuer}, ticket);
  }

  UtcTime now = from_unix_seconds(1'800'000'000);
  bool down = false;
  json::object document{{"issuer", kIssuer},
                        {"authorization_endpoint", std::string(kIssuer) + "/authorize?x=1"},
                        {"token_endpoint", std::string(kIssuer) + "/token"},
                        {"jwks_uri", std::string(kIssuer) + "/jwks"},
                        {"end_session_endpoint", std::string(kIssuer) + "/end"}};
  std::string jwks = key_set({first_key().public_jwk()});
  std::string id_token = first_key().sign("RS256", claims());
  HttpRequest token_request;
  testing::TestWeb web;
  const Ticket ticket{"st", "n", "ver", "https://vat.example/auth/callback"};
  Provider provider;
};

TEST_F(ProviderTest, SendsTheBrowserWithAChallenge) {
  const std::string url = provider.authorization_url(ticket).value();
  EXPECT_THAT(url, HasSubstr("https://issuer.example/authorize?x=1&response_type=code&client_id=client"));
  EXPECT_THAT(url, HasSubstr("redirect_uri=https%3A%2F%2Fvat.example%2Fauth%2Fcallback"));
  EXPECT_THAT(url, HasSubstr("state=st&nonce=n&code_challenge=" + base64url_encode(sha256("ver")) +
                             "&code_challenge_method=S256"));
  EXPECT_THAT(url, Not(HasSubstr("=ver")));
  EXPECT_THAT(provider.end_session_url("https://vat.example/"),
              HasSubstr("https://issuer.example/end?client_id=client&post_logout_redirect_uri=https%3A"));
}

TEST_F(ProviderTest, ExchangesTheCodeAsTheProviderTakesIt) {
  EXPECT_EQ(redeem()->subject, "42");
  EXPECT_EQ(find_header(token_request.headers, "Authorization"),
            "Basic " + base64_encode("client:s%3Ae%2Fc"));
  EXPECT_THAT(token_request.body, HasSubstr("grant_type=authorization_code&code=c0de"));
  EXPECT_THAT(token_request.body, HasSubstr("code_verifier=ver"));
  EXPECT_THAT(token_request.body, Not(HasSubstr("client_secret")));
  now += std::chrono::hours(2);
  id_token = first_key().sign("RS256", claims());
  document["token_endpoint_auth_methods_supported"] = json::array{"client_secret_post"};
  EXPECT_TRUE(redeem());
  EXPECT_THAT(token_request.body, HasSubstr("client_id=client&client_secret=s%3Ae%2Fc"));
  EXPECT_EQ(find_header(token_request.headers, "Authorization"), "");
}

TEST_F(ProviderTest, RefusesAnotherProvidersAnswer) {
  EXPECT_TRUE(redeem(kIssuer));
  EXPECT_EQ(redeem("https://evil.example").error().code, ErrorCode::kUnauthorized);
  now += std::chrono::hours(2);
  id_token = first_key().sign("RS256", claims());
  document["authorization_response_iss_parameter_supported"] = true;
  EXPECT_EQ(redeem().error().code, ErrorCode::kUnauthorized) << "RFC 9207, section 2.4";
  EXPECT_TRUE(redeem(kIssuer));
}

TEST_F(ProviderTest, FindsANewKeyOnceAndNotMoreOftenThanAllowed) {
  EXPECT_TRUE(redeem());
  EXPECT_EQ(web.key_requests, 1);
  jwks = key_set({first_key().public_jwk(), second_key().public_jwk()});
  id_token = second_key().sign("ES256", claims());
  EXPECT_FALSE(redeem()) << "just fetched";
  now += std::chrono::seconds(30);
  EXPECT_TRUE(redeem());
  EXPECT_EQ(web.key_requests, 2);
  const TestKey unknown("EC", "k3");
  id_token = unknown.sign("ES256", claims());
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(redeem());
  EXPECT_EQ(web.key_requests, 2);
  now += std::chrono::seconds(30);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(redeem());
  EXPECT_EQ(web.key_requests, 3);
  EXPECT_EQ(web.discoveries, 1);
}

TEST_F(ProviderTest, KeepsWhatItKnowsWhileTheProviderIsAway) {
  EXPECT_TRUE(redeem());
  now += std::chrono::hours(3);
  down = true;
  EXPECT_TRUE(provider.authorization_url(ticket));
  EXPECT_TRUE(provider.authorization_url(ticket));
  EXPECT_EQ(web.discoveries, 2) << "not at every request";
}

TEST_F(ProviderTest, SaysThatTheProviderDoesNotAnswer) {
  down = true;
  for (int i = 0; i < 3; ++i) {
    const auto url = provider.authorization_url(ticket);
    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().message, "Test does not answer; try again in a moment.");
  }
  EXPECT_EQ(web.discoveries, 1);
  now += std::chrono::seconds(5);
  down = false;
  EXPECT_TRUE(provider.authorization_url(ticket));
}

TEST_F(ProviderTest, DistrustsADocumentOfAnotherIssuer) {
  document["issuer"] = "https://evil.example";
  EXPECT_EQ(provider.authorization_url(ticket).error().code, ErrorCode::kBadData);
  now += std::chrono::seconds(10);
  document["issuer"] = kIssuer;
  document["token_endpoint"] = "http://issuer.example/token";
  EXPECT_EQ(provider.authorization_url(ticket).error().code, ErrorCode::kBadData);
}

TEST_F(ProviderTest, TakesALogoutTokenForNothingElse) {
  const std::int64_t seconds = to_unix_millis(now) / 1000;
  const std::string logout = json::serialize(
      json::object{{"iss", kIssuer},
                   {"aud", "client"},
                   {"sub", "42"},
                   {"iat", seconds},
                   {"exp", seconds + 120},
                   {"jti", "j"},
                   {"events", {{"http://schemas.openid.net/event/backchannel-logout", json::object()}}}});
  EXPECT_EQ(provider.verify_logout(first_key().sign("RS256", logout))->subject, "42");
  EXPECT_TRUE(provider.verify_logout(first_key().sign("RS256", logout, {{"typ", R"("logout+jwt")"}})));
  EXPECT_FALSE(provider.verify_logout(first_key().sign("RS256", logout, {{"typ", R"("at+jwt")"}})));
  EXPECT_FALSE(provider.verify_logout(first_key().sign("RS256", claims())));
  EXPECT_FALSE(provider.verify_logout(TestKey("RSA", "k1").sign("RS256", logout)));
}

TEST(ProviderSettingsTest, NeedAnHttpsIssuer) {
  EXPECT_TRUE(validate({.issuer = "https://issuer.example", .client_id = "c"}));
  EXPECT_TRUE(validate({.issuer = "http://localhost:8080/realms/x", .client_id = "c"}));
  EXPECT_FALSE(validate({.issuer = "http://issuer.example", .client_id = "c"}));
  EXPECT_FALSE(validate({.issuer = "http://localhost.evil.example", .client_id = "c"}));
  EXPECT_FALSE(validate({.issuer = "https://issuer.example"}));
}

}  // namespace
}  // namespace vat::auth

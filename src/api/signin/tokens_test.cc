#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/testing/test_service.h"
#include "auth/access_tokens.h"
#include "base/base64.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using testing::Reply;
using testing::TestService;

class TokenRoutes : public ::testing::Test {
 protected:
  Reply post(const std::string& path, const std::string& body, HttpHeaders headers = {}) {
    return service.client->json(Method::kPost, path, body, std::move(headers));
  }
  json::value tokens(HttpHeaders headers, const std::string& body = "{}") {
    const Reply made = post("/api/v1/auth/token", body, std::move(headers));
    EXPECT_EQ(made.status, 200) << made.body;
    return json::parse(made.body);
  }
  static std::string text(const json::value& value, const char* name) {
    return std::string(value.at(name).as_string());
  }
  static HttpHeaders bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }
  int me(const std::string& token) { return service.client->get("/api/v1/me", bearer(token)).status; }
  Reply refresh(const std::string& token) {
    return post("/api/v1/auth/refresh", R"({"refresh_token":")" + token + "\"}");
  }

  TestService service;
  HttpHeaders owner = service.other_user();
};

TEST_F(TokenRoutes, AKeyMakesTokensForItsUser) {
  const json::value made = tokens(owner);
  EXPECT_EQ(text(made, "token_type"), "Bearer");
  EXPECT_EQ(made.at("expires_in").as_int64(), 600);
  EXPECT_EQ(text(made, "scope"), "read write admin");
  const Reply reply = service.client->get("/api/v1/me", bearer(text(made, "access_token")));
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, ::testing::HasSubstr("Someone else"));
  EXPECT_EQ(post("/api/v1/auth/token", "{}").status, 400) << "in local mode without a key";
  EXPECT_EQ(post("/api/v1/auth/token", R"({"scope":"everything"})", owner).status, 400);
}

TEST_F(TokenRoutes, ATokenMayDoLessButNeverMore) {
  const json::value reader = tokens(owner, R"({"scope":"read"})");
  const HttpHeaders headers = bearer(text(reader, "access_token"));
  EXPECT_EQ(service.client->get("/api/v1/me", headers).status, 200);
  EXPECT_EQ(post("/api/v1/keys", R"({"name":"x"})", headers).status, 403);
  EXPECT_EQ(post("/api/v1/auth/token", R"({"scope":"read write"})", headers).status, 403);
  EXPECT_EQ(text(tokens(headers), "scope"), "read");
  EXPECT_EQ(text(json::parse(refresh(text(reader, "refresh_token")).body), "scope"), "read");
}

TEST_F(TokenRoutes, ARefreshTokenThatIsReusedEndsItsFamily) {
  const json::value first = tokens(owner);
  const Reply second = refresh(text(first, "refresh_token"));
  ASSERT_EQ(second.status, 200) << second.body;
  const json::value renewed = json::parse(second.body);
  EXPECT_EQ(me(text(renewed, "access_token")), 200);
  EXPECT_EQ(refresh(text(first, "refresh_token")).status, 401);
  EXPECT_EQ(refresh(text(renewed, "refresh_token")).status, 401);
  EXPECT_EQ(me(text(renewed, "access_token")), 401);
  const json::value other = tokens(owner);
  EXPECT_EQ(me(text(other, "access_token")), 200) << "another family";
  for (const char* const wrong : {"x", "vatr_", "vatr_00000000-0000-0000-0000-000000000000.x"})
    EXPECT_EQ(refresh(wrong).status, 401) << wrong;
}

TEST_F(TokenRoutes, TheirKeysArePublished) {
  const std::string token = text(tokens(owner), "access_token");
  const Reply published = service.client->get("/.well-known/jwks.json");
  EXPECT_EQ(published.status, 200);
  EXPECT_THAT(published.body, ::testing::Not(::testing::HasSubstr("\"d\"")));
  const auto keys = auth::KeySet::parse(published.body);
  const auto claims = keys->verify(token, {auth::Algorithm::kEs256});
  ASSERT_TRUE(claims);
  EXPECT_EQ(text(json::parse(*claims), "iss"), "http://localhost");
  EXPECT_EQ(auth::read_token_header(token)->typ, "at+jwt");
}

TEST_F(TokenRoutes, RefuseTokensThatAreNotOurs) {
  const std::string token = text(tokens(owner), "access_token");
  EXPECT_EQ(me(token), 200);
  std::string forged = token;
  forged[token.find('.') + 5] ^= 1;
  EXPECT_EQ(me(forged), 401);
  EXPECT_EQ(me(token.substr(0, token.size() - 1)), 401);
  EXPECT_EQ(me(token + "A"), 401);
  const std::string body = token.substr(token.find('.'), token.rfind('.') - token.find('.'));
  for (const char* const header : {R"({"alg":"none","typ":"at+jwt"})", R"({"alg":"HS256","typ":"at+jwt"})"})
    EXPECT_EQ(me(base64url_encode(header) + body + "."), 401) << header;
  const auth::SigningKey stranger = auth::SigningKey::generate(auth::read_token_header(token)->kid).value();
  EXPECT_EQ(me(stranger.sign(R"({"iss":"http://localhost"})", "at+jwt").value()), 401);
}

}  // namespace
}  // namespace vat::api

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/testing/test_service.h"
#include "auth/pictures.h"
#include "auth/testing/issuer.h"
#include "queue/local_rate_limiter.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using auth::testing::TestKey;
using auth::testing::TestWeb;
using http::Method;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::TestService;

constexpr const char* kIssuer = "https://issuer.example";
constexpr const char* kAudit = "/api/v1/admin/audit";

/// A parameter of an address's query that needs no decoding.
std::string parameter(const std::string& url, const std::string& name) {
  const std::size_t at = url.find(name + "=") + name.size() + 1;
  return url.substr(at, url.find('&', at) - at);
}

/// "name=value" of the first cookie that is set under a name with this beginning.
std::string cookie_of(const Reply& reply, const std::string& name) {
  for (const auto& [field, value] : reply.headers) {
    if (field == "Set-Cookie" && value.starts_with(name)) return value.substr(0, value.find(';'));
  }
  return {};
}

class SignInRoutes : public ::testing::Test {
 protected:
  SignInRoutes() {
    web.answer = [this](const HttpRequest& request) { return answer(request); };
    service.require_sign_in(web);
  }
  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string path = request.url.substr(std::string(kIssuer).size());
    if (path == "/jwks") return HttpResponse{200, {}, auth::testing::key_set({key.public_jwk()})};
    if (path == "/.well-known/openid-configuration")
      return HttpResponse{
          200,
          {},
          json::serialize(json::object{{"issuer", kIssuer},
                                       {"authorization_endpoint", std::string(kIssuer) + "/in"},
                                       {"token_endpoint", std::string(kIssuer) + "/token"},
                                       {"jwks_uri", std::string(kIssuer) + "/jwks"}})};
    if (path != "/token") return HttpResponse{404, {}, ""};
    const std::int64_t now = to_unix_millis(utc_now()) / 1000;
    const std::string token = key.sign("ES256", json::serialize(json::object{{"iss", kIssuer},
                                                                             {"aud", "client"},
                                                                             {"sub", person},
                                                                             {"name", person},
                                                                             {"picture", picture},
                                                                             {"nonce", nonce},
                                                                             {"iat", now},
                                                                             {"exp", now + 300}}));
    return HttpResponse{200, {}, json::serialize(json::object{{"access_token", "a"}, {"id_token", token}})};
  }
  /// What the browser gets in the end.
  Reply come_back(const std::string& who) {
    const Reply begun = service.client->get("/auth/login");
    person = who;
    nonce = parameter(begun.header("Location"), "nonce");
    return service.client->get("/auth/callback?code=c&state=" + parameter(begun.header("Location"), "state"),
                               {{"Cookie", cookie_of(begun, "vat_sign_in_")}});
  }
  /// The headers of a page of this person.
  HttpHeaders sign_in(const std::string& who) {
    const Reply back = come_back(who);
    EXPECT_EQ(back.status, 303) << back.body;
    const HttpHeaders cookie = {{"Cookie", cookie_of(back, "vat_session")}};
    const std::string token(me(cookie).at("csrf_token").as_string());
    return {cookie.front(), {"X-CSRF-Token", token}};
  }
  json::value me(const HttpHeaders& headers) {
    return json::parse(service.client->get("/api/v1/me", headers).body);
  }
  std::vector<std::string> actions(const HttpHeaders& admin) {
    std::vector<std::string> found;
    const json::value entries = json::parse(service.client->get(kAudit, admin).body);
    for (const json::value& entry : entries.at("items").as_array())
      found.emplace_back(entry.at("action").as_string());
    return found;
  }

  const TestKey key{"EC", "k1"};
  std::string person, nonce, picture;
  TestWeb web;
  TestService service;
};

TEST_F(SignInRoutes, WriteDownWhoCameAndWent) {
  const HttpHeaders ada = sign_in("ada");
  const HttpHeaders bob = sign_in("bob");
  EXPECT_EQ(service.client->send(Method::kPost, "/auth/logout", {}, bob).status, 303);
  EXPECT_EQ(service.client->get("/api/v1/me", bob).status, 401);
  const HttpHeaders elsewhere = sign_in("ada");
  EXPECT_EQ(service.client->send(Method::kDelete, "/api/v1/sessions", {}, ada).status, 204);
  EXPECT_EQ(service.client->get("/api/v1/me", elsewhere).status, 401);
  EXPECT_EQ(service.client->get("/auth/callback?state=planted&code=c").status, 400);
  EXPECT_THAT(actions(ada), ElementsAre("user.sign_in_failed", "sessions.ended", "user.signed_in",
                                        "user.signed_out", "user.signed_in", "user.signed_in"));
  const std::string log = service.client->get(kAudit, ada).body;
  EXPECT_THAT(log, HasSubstr("\"actor_id\":\"nobody\""));
  EXPECT_THAT(log, HasSubstr("\"address\":\"127.0.0.1\""));
  EXPECT_THAT(log, Not(HasSubstr(ada.front().second.substr(12)))) << "no secrets";
}

TEST_F(SignInRoutes, ADisabledUserIsOutAtOnce) {
  const HttpHeaders ada = sign_in("ada");
  const HttpHeaders bob = sign_in("bob");
  const std::string id(me(bob).at("id").as_string());
  const Reply made = service.client->json(Method::kPost, "/api/v1/auth/token", "{}", bob);
  ASSERT_EQ(made.status, 200) << made.body;
  const HttpHeaders token = {
      {"Authorization", "Bearer " + std::string(json::parse(made.body).at("access_token").as_string())}};
  EXPECT_EQ(service.client->get("/api/v1/me", token).status, 200);
  EXPECT_EQ(service.client->get("/api/v1/me", bob).status, 200) << "and is remembered for a moment";
  const std::string user = "/api/v1/admin/users/" + id;
  EXPECT_EQ(service.client->json(Method::kPatch, user, R"({"disabled":true})", ada).status, 200);
  EXPECT_EQ(service.client->get("/api/v1/me", bob).status, 401);
  EXPECT_EQ(service.client->get("/api/v1/me", token).status, 401);
  EXPECT_EQ(come_back("bob").status, 401);
}

TEST_F(SignInRoutes, AnEventStreamEndsWithItsSession) {
  service.services().limits.heartbeat = std::chrono::milliseconds(20);
  (void)sign_in("ada");
  const HttpHeaders bob = sign_in("bob");
  const std::string id(me(bob).at("id").as_string());
  bool ended = false;
  const auto begun = std::chrono::steady_clock::now();
  const Reply reply = service.client->follow("/api/v1/events", bob, [&](const std::string&) {
    if (!std::exchange(ended, true)) (void)service.services().sign_ins->end_sessions(id, {});
    return false;
  });
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(ended);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20))
      << "it was not cut off by the test";
}

TEST_F(SignInRoutes, ARoleIsAnotherAtOnce) {
  const HttpHeaders ada = sign_in("ada");
  const HttpHeaders bob = sign_in("bob");
  const std::string user = "/api/v1/admin/users/" + std::string(me(bob).at("id").as_string());
  for (const auto& [role, status] :
       std::vector<std::pair<std::string, int>>{{"admin", 200}, {"member", 403}}) {
    EXPECT_EQ(service.client->json(Method::kPatch, user, R"({"role":")" + role + "\"}", ada).status, 200);
    EXPECT_EQ(service.client->get(kAudit, bob).status, status) << role;
  }
}

TEST_F(SignInRoutes, WhoDeletesTheAccountIsOutAtOnce) {
  (void)sign_in("ada");
  const HttpHeaders bob = sign_in("bob");
  const std::string id(me(bob).at("id").as_string());
  EXPECT_EQ(service.client->send(Method::kDelete, "/api/v1/me?confirm=" + id, {}, bob).status, 200);
  EXPECT_EQ(service.client->get("/api/v1/me", bob).status, 401);
}

TEST_F(SignInRoutes, LimitAttemptsFromAnAddress) {
  const auto limiter = queue::make_local_rate_limiter(1'024);
  service.services().rate_limiter = limiter.get();
  service.services().rates = {.requests = 1'000, .uploads = 2, .jobs = 2, .sign_ins = 3};
  const auto statuses = [&](const std::string& address, auto attempt) {
    service.client->address = address;
    std::vector<int> found;
    for (int i = 0; i < 5; ++i) found.push_back(attempt());
    return found;
  };
  EXPECT_THAT(
      statuses("192.0.2.1", [&] { return service.client->get("/auth/callback?state=x&code=y").status; }),
      ElementsAre(400, 400, 400, 429, 429));
  EXPECT_THAT(statuses("192.0.2.2",
                       [&] {
                         return service.client
                             ->json(Method::kPost, "/api/v1/auth/refresh",
                                    R"({"refresh_token":"vatr_guess"})")
                             .status;
                       }),
              ElementsAre(401, 401, 401, 429, 429));
  EXPECT_THAT(statuses("192.0.2.3",
                       [&] {
                         return service.client
                             ->json(Method::kPost, "/api/v1/auth/token", "{}",
                                    {{"Authorization", "Bearer vat_guess"}})
                             .status;
                       }),
              ElementsAre(401, 401, 401, 429, 429));
  EXPECT_THAT(statuses("192.0.2.4",
                       [&] {
                         return service.client
                             ->send(Method::kPost, "/auth/backchannel-logout", "logout_token=a.b.c",
                                    {{"Content-Type", "application/x-www-form-urlencoded"}})
                             .status;
                       }),
              ElementsAre(400, 400, 400, 429, 429));
  service.client->address = "192.0.2.5";
  EXPECT_EQ(come_back("ada").status, 303) << "others come in";
}

TEST_F(SignInRoutes, SetCookiesThatOnlyHttpsSends) {
  TestService secure;
  secure.require_sign_in(web, "https://localhost");
  const Reply begun = secure.client->get("/auth/login");
  person = "ada";
  nonce = parameter(begun.header("Location"), "nonce");
  const Reply back =
      secure.client->get("/auth/callback?code=c&state=" + parameter(begun.header("Location"), "state"),
                         {{"Cookie", cookie_of(begun, "__Host-vat_sign_in_")}});
  ASSERT_EQ(back.status, 303) << back.body;
  int cookies = 0;
  for (const Reply* const reply : {&begun, &back}) {
    for (const auto& [field, value] : reply->headers) {
      if (field != "Set-Cookie") continue;
      ++cookies;
      EXPECT_THAT(value, ::testing::StartsWith("__Host-vat_s"));
      for (const char* const word : {"; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"})
        EXPECT_THAT(value, HasSubstr(word));
      EXPECT_THAT(value, Not(HasSubstr("Domain")));
    }
  }
  EXPECT_EQ(cookies, 3) << "the sign-in's, its removal, and the session's";
}

class PicturesOfUsers : public SignInRoutes {
 protected:
  PicturesOfUsers() {
    pictures_web.answer = [this](const HttpRequest& request) -> Result<HttpResponse> {
      urls.push_back(request.url);
      if (away) return fail(Error(ErrorCode::kNetwork, "No route.").as_retryable());
      return HttpResponse{200, {{"Content-Type", "image/png"}}, bytes};
    };
  }
  std::string shown(const HttpHeaders& user) {
    const json::value url = me(user).at("picture_url");
    return url.is_null() ? "" : std::string(url.as_string());
  }

  std::string bytes = std::string("\x89PNG\r\n\x1a\n") + "pixels";
  bool away = false;
  std::vector<std::string> urls;
  UtcTime now = utc_now();
  TestWeb pictures_web;
  auth::Pictures pictures{pictures_web, service.services().users, [this] { return now; }};
};

TEST_F(PicturesOfUsers, AreFetchedAtSignInAndServedFromHere) {
  picture = "https://pictures.example/ada";
  const HttpHeaders bob = sign_in("bob");
  service.services().pictures = &pictures;
  const HttpHeaders ada = sign_in("ada");
  service.services().sign_in_pool->finish();
  const std::string url = shown(ada);
  EXPECT_THAT(url, ::testing::StartsWith("/api/v1/me/picture?v="));
  const Reply reply = service.client->get(url, ada);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, bytes);
  EXPECT_EQ(reply.header("Content-Type"), "image/png");
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("sandbox"));
  EXPECT_EQ(service.client->get("/api/v1/me/picture", bob).status, 404);
  EXPECT_EQ(service.client->get("/api/v1/me/picture").status, 401);
}

TEST_F(PicturesOfUsers, AreFetchedAgainWhenTheyMayHaveChanged) {
  const HttpHeaders ada = sign_in("ada");
  const std::string id(me(ada).at("id").as_string());
  EXPECT_TRUE(pictures.refresh(id, "https://pictures.example/1"));
  EXPECT_TRUE(pictures.refresh(id, "https://pictures.example/1"));
  EXPECT_EQ(urls.size(), 1U);
  const std::string before = shown(ada);
  now += auth::kPictureIsFresh + std::chrono::minutes(1);
  bytes += "!";
  EXPECT_TRUE(pictures.refresh(id, "https://pictures.example/1"));
  EXPECT_NE(shown(ada), before);
  EXPECT_TRUE(pictures.refresh(id, "https://pictures.example/2"));
  EXPECT_EQ(urls.size(), 3U);
  away = true;
  EXPECT_FALSE(pictures.refresh(id, "https://pictures.example/3"));
  EXPECT_NE(shown(ada), "") << "the old one stays while the other host is away";
  EXPECT_TRUE(pictures.refresh(id, ""));
  EXPECT_EQ(shown(ada), "");
}

TEST_F(PicturesOfUsers, AreOfTypesThatContainNoScripts) {
  const HttpHeaders ada = sign_in("ada");
  const std::string id(me(ada).at("id").as_string());
  EXPECT_TRUE(pictures.refresh(id, "https://pictures.example/1"));
  bytes = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
  EXPECT_FALSE(pictures.refresh(id, "https://pictures.example/2"));
  EXPECT_EQ(shown(ada), "");
  EXPECT_EQ(service.client->get("/api/v1/me/picture", ada).status, 404);
  EXPECT_TRUE(pictures.refresh(id, "https://pictures.example/2")) << "it is not asked for again at once";
  EXPECT_EQ(urls.size(), 2U);
}

}  // namespace
}  // namespace vat::api

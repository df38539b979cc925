#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/testing/test_service.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using ::testing::StartsWith;
using testing::TestService;

TEST(AccountRoutes, CountTheJobsOfTheUser) {
  TestService service;
  (void)service.completed();
  (void)service.queued();
  const json::value me = json::parse(service.client->get("/api/v1/me").body);
  EXPECT_EQ(me.at("jobs").at("queued").as_int64(), 1);
  EXPECT_EQ(me.at("jobs").at("completed").as_int64(), 1);
  EXPECT_TRUE(me.at("email").is_null());
}

TEST(AccountRoutes, MakeKeysWhoseSecretIsShownOnce) {
  TestService service;
  const Reply made = service.client->json(Method::kPost, "/api/v1/keys", R"({"name":" laptop "})");
  ASSERT_EQ(made.status, 201) << made.body;
  const json::value key = json::parse(made.body);
  const std::string secret(key.at("secret").as_string());
  EXPECT_THAT(secret, StartsWith("vat_"));
  EXPECT_EQ(secret.size(), 47U);
  EXPECT_EQ(key.at("name").as_string(), "laptop");
  EXPECT_EQ(made.header("Location"), "/api/v1/keys/" + std::string(key.at("id").as_string()));
  const HttpHeaders signed_in = {{"Authorization", "Bearer " + secret}};
  EXPECT_EQ(service.client->get("/api/v1/me", signed_in).status, 200);
  const Reply list = service.client->get("/api/v1/keys");
  EXPECT_THAT(list.body, HasSubstr(secret.substr(0, 8)));
  EXPECT_THAT(list.body, Not(HasSubstr(secret)));
  EXPECT_EQ(service.client->send(Method::kDelete, made.header("Location"), {}, service.other_user()).status,
            404);
  EXPECT_EQ(service.client->send(Method::kDelete, made.header("Location")).status, 204);
  EXPECT_EQ(service.client->get("/api/v1/me", signed_in).status, 401);
  EXPECT_EQ(service.client->send(Method::kDelete, made.header("Location")).status, 404);
  const std::string audit = service.client->get("/api/v1/admin/audit").body;
  EXPECT_THAT(audit, HasSubstr("key.created"));
  EXPECT_THAT(audit, HasSubstr("key.deleted"));
  EXPECT_THAT(audit, Not(HasSubstr(secret)));
}

TEST(AccountRoutes, RefuseKeysThatMakeNoSense) {
  TestService service;
  for (const auto& [body, field] : std::vector<std::pair<std::string, std::string>>{
           {"{}", "name"},
           {R"({"name":""})", "name"},
           {R"({"name":"  "})", "name"},
           {R"({"name":")" + std::string(101, 'x') + R"("})", "name"},
           {R"({"name":"x","expires_at":"tomorrow"})", "expires_at"},
           {R"({"name":"x","expires_at":"2020-01-01T00:00:00Z"})", "expires_at"},
           {R"({"name":"x","admin":true})", "admin"}}) {
    const Reply reply = service.client->json(Method::kPost, "/api/v1/keys", body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_THAT(reply.body, HasSubstr("\"field\":\"" + field + "\"")) << body;
  }
}

TEST(AccountRoutes, KeysDoWhatTheirScopesAllow) {
  TestService service;
  const auto key = [&](const std::string& scopes, HttpHeaders headers = {}) {
    const Reply made = service.client->json(Method::kPost, "/api/v1/keys",
                                            R"({"name":"x","scopes":)" + scopes + "}", std::move(headers));
    EXPECT_EQ(made.status, 201) << made.body;
    return HttpHeaders{
        {"Authorization", "Bearer " + std::string(json::parse(made.body).at("secret").as_string())}};
  };
  const auto post = [&](const HttpHeaders& headers, const std::string& scopes) {
    return service.client
        ->json(Method::kPost, "/api/v1/keys", R"({"name":"y","scopes":)" + scopes + "}", headers)
        .status;
  };
  const HttpHeaders reader = key(R"(["read"])");
  EXPECT_EQ(service.client->get("/api/v1/me", reader).status, 200);
  EXPECT_EQ(post(reader, R"(["read"])"), 403);
  EXPECT_EQ(service.client->send(Method::kDelete, "/api/v1/keys/" + make_uuid(), {}, reader).status, 403);
  const HttpHeaders writer = key(R"(["write"])");
  EXPECT_EQ(service.client->get("/api/v1/me", writer).status, 403);
  EXPECT_EQ(post(writer, R"(["write"])"), 201);
  EXPECT_EQ(post(writer, R"(["read"])"), 403) << "mightier than itself";
  EXPECT_EQ(post(key(R"(["read","write"])"), R"(["admin"])"), 403);
  EXPECT_EQ(post({}, R"(["everything"])"), 400);
  EXPECT_EQ(post({}, "[]"), 400);
  EXPECT_EQ(
      service.client->send(Method::kDelete, "/api/v1/models/tiny", {}, key(R"(["read","write"])")).status,
      403);
}

TEST(WebhookRoutes, AddShowAndRemove) {
  TestService service;
  const Reply made = service.client->json(Method::kPost, "/api/v1/webhooks",
                                          R"({"url":"https://example.com/hook","events":["job.failed"]})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string secret(json::parse(made.body).at("secret").as_string());
  EXPECT_THAT(secret, StartsWith("whsec_"));
  const Reply list = service.client->get("/api/v1/webhooks");
  EXPECT_THAT(list.body, HasSubstr("job.failed"));
  EXPECT_THAT(list.body, Not(HasSubstr(secret)));
  EXPECT_THAT(service.client->get("/api/v1/webhooks", service.other_user()).body, HasSubstr("\"items\":[]"));
  EXPECT_EQ(service.client->send(Method::kDelete, made.header("Location"), {}, service.other_user()).status,
            404);
  EXPECT_EQ(service.client->send(Method::kDelete, made.header("Location")).status, 204);
}

TEST(WebhookRoutes, KeepALogOfDeliveriesAndRepeatThem) {
  TestService service;
  const Reply made =
      service.client->json(Method::kPost, "/api/v1/webhooks", R"({"url":"https://example.com/hook"})");
  const std::string log = made.header("Location") + "/deliveries";
  (void)service.completed();
  Reply reply = service.client->get(log);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json::value deliveries = json::parse(reply.body);
  ASSERT_EQ(deliveries.at("items").as_array().size(), 1U) << reply.body;
  const json::value& delivery = deliveries.at("items").at(0);
  EXPECT_EQ(delivery.at("event").as_string(), "job.completed");
  EXPECT_EQ(delivery.at("state").as_string(), "pending");
  EXPECT_TRUE(delivery.at("status").is_null());
  const std::string path = "/api/v1/deliveries/" + std::string(delivery.at("id").as_string()) + "/replay";
  EXPECT_EQ(service.client->send(Method::kPost, path).status, 202);
  EXPECT_EQ(service.client->send(Method::kPost, path, {}, service.other_user()).status, 404);
  EXPECT_EQ(service.client->get(log, service.other_user()).status, 404);
  EXPECT_EQ(service.client->get(log + "?limit=0").status, 400);
}

TEST(WebhookRoutes, RefuseAddressesAndEventsThatAreNone) {
  TestService service;
  for (const auto& [body, status] : std::vector<std::pair<std::string, int>>{
           {"{}", 400},
           {R"({"url":"x"})", 400},
           {R"({"url":"http://127.0.0.1/"})", 403},
           {R"({"url":"https://example.com/","events":["job.started"]})", 400},
           {R"({"url":"https://example.com/","events":"job.failed"})", 400},
           {R"({"url":"https://example.com/","secret":"mine"})", 400}}) {
    EXPECT_EQ(service.client->json(Method::kPost, "/api/v1/webhooks", body).status, status) << body;
  }
  service.services().allow_private_webhooks = true;
  EXPECT_EQ(
      service.client->json(Method::kPost, "/api/v1/webhooks", R"({"url":"http://127.0.0.1:9/"})").status,
      201);
}

TEST(CatalogRoutes, ListModelsVoicesLanguagesAndLimits) {
  TestService service;
  EXPECT_THAT(
      service.client->get("/api/v1/models").body,
      HasSubstr(
          R"({"name":"base","kind":"recognition","multilingual":true,"published":true,"packaged":true,"installed":false)"));
  EXPECT_THAT(service.client->get("/api/v1/languages").body, HasSubstr(R"({"code":"de","name":"German"})"));
  EXPECT_THAT(service.client->get("/api/v1/limits").body, HasSubstr("\"waiting_jobs\":1000"));
  const Reply voices = service.client->get("/api/v1/voices?language=en");
  ASSERT_EQ(voices.status, 200) << voices.body;
  EXPECT_THAT(voices.body, HasSubstr("\"engine\":\"flite\",\"name\":\"slt\""));
  EXPECT_THAT(service.client->get("/api/v1/voices?language=zu").body, HasSubstr("\"items\":[]"));
  EXPECT_EQ(service.client->get("/api/v1/voices?engine=flite").body, voices.body);
  EXPECT_EQ(service.client->get("/api/v1/voices?engine=google").status, 400);
  EXPECT_EQ(service.client->get("/api/v1/voices?language=" + std::string(36, 'x')).status, 400);
}

}  // namespace
}  // namespace vat::api

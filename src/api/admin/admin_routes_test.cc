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
using testing::TestService;

constexpr const char* kUsers = "/api/v1/admin/users";

class AdminRoutes : public ::testing::Test {
 protected:
  json::value get(const std::string& target) {
    const Reply reply = service.client->get(target);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body);
  }
  Reply patch(const std::string& id, const std::string& body) {
    return service.client->json(Method::kPatch, std::string(kUsers) + "/" + id, body);
  }
  std::vector<std::string> actions() {
    std::vector<std::string> found;
    const json::value entries = get("/api/v1/admin/audit");
    for (const json::value& entry : entries.at("items").as_array())
      found.push_back(json::value_to<std::string>(entry.at("action")));
    return found;
  }
  /// The id of the user of these credentials.
  std::string id_of(const HttpHeaders& user) {
    return json::value_to<std::string>(json::parse(service.client->get("/api/v1/me", user).body).at("id"));
  }

  TestService service;
};

TEST_F(AdminRoutes, AreForAdminsOnly) {
  service.services().instance = [](FigureSpan) { return InstanceView(); };
  const HttpHeaders member = service.other_user();
  for (const char* const path : {"/users", "/users/00000000-0000-7000-8000-000000000001", "/jobs", "/storage",
                                 "/instance", "/workers", "/audit"}) {
    const std::string target = std::string("/api/v1/admin") + path;
    EXPECT_EQ(service.client->get(target, member).status, 403) << path;
    EXPECT_EQ(service.client->get(target).status, 200) << path;
  }
  const std::string own = id_of(member);
  EXPECT_EQ(
      service.client->json(Method::kPatch, std::string(kUsers) + "/" + own, R"({"role":"admin"})", member)
          .status,
      403);
  EXPECT_EQ(service.client->get("/api/v1/admin/storage", member).status, 403);
}

TEST_F(AdminRoutes, ListUsersInPages) {
  (void)service.other_user();
  (void)service.other_user();
  std::size_t seen = 0;
  std::string cursor;
  do {
    const json::value page =
        get(std::string(kUsers) + "?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
    seen += page.at("items").as_array().size();
    const json::value& next = page.at("next_cursor");
    cursor = next.is_string() ? json::value_to<std::string>(next) : "";
  } while (!cursor.empty());
  EXPECT_EQ(seen, 3U);
  EXPECT_EQ(service.client->get(std::string(kUsers) + "?cursor=x").status, 400);
}

TEST_F(AdminRoutes, ChangeAUserAndWriteItDown) {
  // One of two admins, because the only one is not disabled.
  ASSERT_TRUE(service.services().users.set_role(id_of(service.other_user()), UserRole::kAdmin));
  const HttpHeaders member = service.other_user();
  const std::string id = id_of(member);
  Reply reply = patch(id, R"({"role":"admin","quotas":{"stored_bytes":1000,"sound_minutes":60}})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  json::value user = json::parse(reply.body);
  EXPECT_EQ(user.at("role").as_string(), "admin");
  EXPECT_EQ(user.at("own_quotas").at("stored_bytes").as_int64(), 1000);
  EXPECT_TRUE(user.at("own_quotas").at("waiting_jobs").is_null());
  EXPECT_EQ(user.at("quotas").at("stored_bytes").at("limit").as_int64(), 1000);
  EXPECT_EQ(user.at("quotas").at("sound_minutes").at("used").as_int64(), 0);
  EXPECT_EQ(service.client->get(kUsers, member).status, 200) << "an admin by now";
  reply = patch(id, R"({"disabled":true})");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(service.client->get("/api/v1/me", member).status, 401);
  EXPECT_EQ(patch(id, R"({"disabled":false})").status, 200);
  EXPECT_EQ(service.client->get("/api/v1/me", member).status, 200);
  const auto done = actions();
  EXPECT_THAT(done, ::testing::ElementsAre("user.enabled", "user.disabled", "user.quotas_changed",
                                           "user.role_changed"));
}

TEST_F(AdminRoutes, RefuseChangesThatMakeNoSense) {
  const std::string id = id_of(service.other_user());
  for (const char* const body :
       {R"({"role":"king"})", R"({"disabled":1})", R"({"quotas":{"stored_bytes":-1}})",
        R"({"quotas":{"gold":1}})", R"({"email":"x"})"})
    EXPECT_EQ(patch(id, body).status, 400) << body;
  EXPECT_EQ(patch(make_uuid(), R"({"disabled":true})").status, 404);
  ASSERT_TRUE(service.services().users.set_role(id, UserRole::kAdmin));
  EXPECT_EQ(patch(id, R"({"role":"member"})").status, 400) << "the only admin";
  EXPECT_THAT(actions(), ::testing::IsEmpty());
}

TEST_F(AdminRoutes, ShowJobsWithoutWhatTheySay) {
  (void)service.completed("Secret talk");
  (void)service.queued("Other secret");
  const Reply all = service.client->get("/api/v1/admin/jobs");
  EXPECT_EQ(json::parse(all.body).at("items").as_array().size(), 2U);
  EXPECT_THAT(all.body, Not(HasSubstr("ecret")));
  EXPECT_THAT(all.body, Not(HasSubstr("country")));
  const json::value queued = get("/api/v1/admin/jobs?state=queued&limit=1");
  EXPECT_EQ(queued.at("items").as_array().size(), 1U);
  EXPECT_EQ(queued.at("items").at(0).at("state").as_string(), "queued");
  EXPECT_TRUE(queued.at("next_cursor").is_null());
  EXPECT_EQ(service.client->get("/api/v1/admin/jobs?state=lost").status, 400);
}

TEST_F(AdminRoutes, ShowTheStorage) {
  (void)service.completed();
  const json::value storage = get("/api/v1/admin/storage");
  EXPECT_EQ(storage.at("recordings").as_int64(), 1);
  EXPECT_EQ(storage.at("recording_bytes").as_int64(), 5);
  EXPECT_EQ(storage.at("results").as_int64(), 5);  // its text, and its previews
  EXPECT_EQ(storage.at("users").as_int64(), 1);
}

TEST_F(AdminRoutes, LimitsShowOnesOwnQuotas) {
  const HttpHeaders member = service.other_user();
  ASSERT_EQ(patch(id_of(member), R"({"quotas":{"waiting_jobs":7}})").status, 200);
  const json::value limits = json::parse(service.client->get("/api/v1/limits", member).body);
  EXPECT_EQ(limits.at("waiting_jobs").as_int64(), 7);
  EXPECT_EQ(limits.at("quotas").at("waiting_jobs").at("limit").as_int64(), 7);
  EXPECT_TRUE(limits.at("quotas").at("stored_bytes").at("limit").is_null());
}

TEST_F(AdminRoutes, TellHowThisProcessIs) {
  EXPECT_EQ(service.client->get("/api/v1/admin/instance").status, 503);
  FigureSpan asked = FigureSpan::kHour;
  service.services().instance = [&](FigureSpan span) {
    asked = span;
    InstanceView view{.name = "host:7", .version = "1.2.3", .started_at = utc_now(), .max_jobs = 3};
    view.checks = {
        {.name = "storage", .vital = true, .ok = false, .message = "It is full.", .since = utc_now()}};
    view.models = {{.name = "base", .engine = "whisper", .bytes = 5}};
    view.points = {{.at = utc_now(), .length = std::chrono::minutes(1), .requests = 9, .failed = 1}};
    return view;
  };
  const json::value shown = get("/api/v1/admin/instance?span=day");
  EXPECT_EQ(asked, FigureSpan::kDay);
  EXPECT_EQ(shown.at("name").as_string(), "host:7");
  EXPECT_EQ(shown.at("checks").at(0).at("message").as_string(), "It is full.");
  EXPECT_EQ(shown.at("models").at("loaded").at(0).at("bytes").as_int64(), 5);
  EXPECT_EQ(shown.at("points").at(0).at("requests").as_int64(), 9);
  EXPECT_TRUE(shown.at("points").at(0).at("median_seconds").is_null());
  EXPECT_EQ(service.client->get("/api/v1/admin/instance?span=year").status, 400);
}

TEST_F(AdminRoutes, TellWhoWorksOnWhat) {
  service.services().instance = [](FigureSpan) {
    return InstanceView{.name = "here:1", .version = {}, .started_at = {}, .max_jobs = 3};
  };
  json::value workers = get("/api/v1/admin/workers").at("items");
  ASSERT_EQ(workers.as_array().size(), 1U) << "one without work";
  EXPECT_TRUE(workers.at(0).at("here").as_bool());
  EXPECT_EQ(workers.at(0).at("max_jobs").as_int64(), 3);
  const Job job = service.queued("a secret title");
  ASSERT_TRUE(service.services().queue.claim({.worker = "there:2"}).value());
  const Reply reply = service.client->get("/api/v1/admin/workers");
  EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
  workers = json::parse(reply.body).at("items");
  ASSERT_EQ(workers.as_array().size(), 2U);
  EXPECT_EQ(workers.at(1).at("name").as_string(), "there:2");
  EXPECT_TRUE(workers.at(1).at("max_jobs").is_null());
  EXPECT_EQ(workers.at(1).at("jobs").at(0).at("id").as_string(), job.id);
}

TEST_F(AdminRoutes, TellTheStorageByKind) {
  (void)service.completed();
  const json::value storage = get("/api/v1/admin/storage");
  std::int64_t files = 0;
  for (const json::value& kind : storage.at("kinds").as_array()) files += kind.at("files").as_int64();
  EXPECT_GT(files, 1);
  EXPECT_EQ(files, storage.at("results").as_int64());
}

}  // namespace
}  // namespace vat::api

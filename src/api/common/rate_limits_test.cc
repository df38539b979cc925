#include "api/common/rate_limits.h"

#include <gmock/gmock.h>

#include "api/testing/test_service.h"
#include "queue/local_rate_limiter.h"

namespace vat::api {
namespace {

using http::Method;
using ::testing::HasSubstr;
using testing::Reply;
using testing::TestService;

constexpr const char* kKeysOfUser = "/api/v1/keys";

/// A client far away, whose user may make four requests in a minute.
class RateLimitsOfApi : public ::testing::Test {
 protected:
  RateLimitsOfApi() {
    service.services().rate_limiter = limiter.get();
    service.services().rates = {.requests = 4, .uploads = 2, .jobs = 2, .sign_ins = 3};
    service.client->address = "192.0.2.7";
  }
  Reply get(const HttpHeaders& user) { return service.client->get(kKeysOfUser, user); }

  std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();
  const std::unique_ptr<RateLimiter> limiter = queue::make_local_rate_limiter(1'024, [this] { return now; });
  TestService service;
};

TEST_F(RateLimitsOfApi, StopWhoeverAsksTooOften) {
  const HttpHeaders user = service.other_user();
  const Reply first = get(user);
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.header("RateLimit-Policy"), "\"requests\";q=2;w=60") << "a key has half of its user's rate";
  EXPECT_EQ(first.header("RateLimit"), "\"requests\";r=1;t=30");
  EXPECT_EQ(get(user).status, 200);
  const Reply refused = get(user);
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_EQ(refused.header("Retry-After"), "30");
  EXPECT_EQ(refused.header("RateLimit"), "\"requests\";r=0;t=60");
  EXPECT_THAT(refused.body, HasSubstr("Too many requests in a short time; wait 30 seconds."));
  now += std::chrono::seconds(30);
  EXPECT_EQ(get(user).status, 200);
}

TEST_F(RateLimitsOfApi, LeaveOthersAlone) {
  const HttpHeaders busy = service.other_user();
  while (get(busy).status == 200) continue;
  EXPECT_EQ(get(service.other_user()).status, 200);
}

TEST_F(RateLimitsOfApi, HoldForAnAddressWhoeverUsesIt) {
  int allowed = 0;
  for (int i = 0; i < 30; ++i) allowed += get(service.other_user()).status == 200 ? 1 : 0;
  EXPECT_EQ(allowed, 16) << "four times what one user may";
  EXPECT_EQ(service.client->get("/api/v1/nothing").status, 429) << "whatever the path";
  service.client->address = "192.0.2.8";
  EXPECT_EQ(get(service.other_user()).status, 200);
}

TEST_F(RateLimitsOfApi, SlowDownWhoeverGuessesKeys) {
  const HttpHeaders user = service.other_user();
  std::vector<int> statuses;
  for (int i = 0; i < 5; ++i)
    statuses.push_back(get({{"Authorization", "Bearer vat_guess" + std::to_string(i)}}).status);
  EXPECT_EQ(statuses, (std::vector<int>{401, 401, 401, 429, 429}));
  EXPECT_EQ(get(user).status, 200) << "a valid key at the same address";
}

TEST_F(RateLimitsOfApi, CountJobsAndUploadsToo) {
  const HttpHeaders user = service.other_user();
  service.services().rates.requests = 100;
  HttpHeaders tus = user;
  tus.insert(tus.end(), {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "5"}});
  const auto upload = [&] { return service.client->send(Method::kPost, "/api/v1/uploads", {}, tus); };
  EXPECT_EQ(upload().status, 201);
  const Reply refused = upload();
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("Too many uploads"));
  const auto speak = [&] {
    return service.client->json(Method::kPost, "/api/v1/speech", R"({"text":"Hello.","as_job":true})", user);
  };
  EXPECT_EQ(speak().status, 202);
  EXPECT_THAT(speak().body, HasSubstr("Too many jobs"));
}

TEST_F(RateLimitsOfApi, DoNotConcernTheLocalUser) {
  service.client->address = "127.0.0.1";
  for (int i = 0; i < 50; ++i) {
    const Reply reply = service.client->get(kKeysOfUser);
    ASSERT_EQ(reply.status, 200);
    ASSERT_EQ(reply.header("RateLimit"), "");
  }
}

TEST(AddressGroup, IsASubscriber) {
  EXPECT_EQ(address_group("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(address_group("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
  EXPECT_EQ(address_group("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
  EXPECT_EQ(address_group("127.9.9.9"), "");
  EXPECT_EQ(address_group("::1"), "");
  EXPECT_EQ(address_group("nonsense"), "");
}

}  // namespace
}  // namespace vat::api

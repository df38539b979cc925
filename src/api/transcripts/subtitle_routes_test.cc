#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using testing::Reply;
using testing::TestService;

class SubtitleRoutes : public ::testing::Test {
 protected:
  SubtitleRoutes() {
    // The second sentence is too fast, with silence before it.
    const std::string sentence =
        "Nobody who lived in that house had seen him leave it by night, nor had they asked.";
    const std::string body =
        R"({"segments":[{"start":0,"end":1,"text":"One two three."},{"start":4.5,"end":8.3,"text":")" +
        sentence + R"("},{"start":8.3,"end":14,"text":")" + sentence + R"("}]})";
    const Reply saved = service.client->send(Method::kPut, job_path(job.id) + "/transcript", body,
                                             {{"Content-Type", "application/json"}, {"If-Match", "\"1\""}});
    EXPECT_EQ(saved.status, 200) << saved.body;
  }
  json::value checks(const std::string& query = "?preset=netflix") {
    const Reply reply = service.client->get(path + "/checks" + query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body);
  }
  Reply fix(const std::string& body, const std::string& revision) {
    return service.client->send(Method::kPost, path + "/fixes", body,
                                {{"Content-Type", "application/json"}, {"If-Match", revision}});
  }

  TestService service;
  const Job job = service.completed();
  const std::string path = job_path(job.id) + "/subtitles";
};

TEST_F(SubtitleRoutes, EachBreachHasItsReasonAndWhatMendsIt) {
  const json::value found = checks();
  EXPECT_EQ(found.at("preset").as_string(), "netflix");
  EXPECT_EQ(found.at("revision").as_int64(), 2);
  ASSERT_EQ(found.at("items").as_array().size(), 1U) << json::serialize(found);
  const json::value& item = found.at("items").at(0);
  EXPECT_EQ(item.at("cue").as_int64(), 2);
  EXPECT_EQ(item.at("fault").as_string(), "too_fast");
  EXPECT_EQ(item.at("lines").as_array().size(), 2U);
  EXPECT_NEAR(item.at("limit").to_number<double>(), 20, 1e-6);
  EXPECT_EQ(item.at("fix").at("kind").as_string(), "start_earlier");
  EXPECT_EQ(checks("?preset=plain").at("items").as_array().size(), 0U);
}

TEST_F(SubtitleRoutes, AFixIsARevisionThatCanBeTakenBack) {
  EXPECT_EQ(fix("{}", "\"1\"").status, 412);
  EXPECT_EQ(fix(R"({"preset":"netflix","cue":1})", "\"2\"").status, 409) << "nothing is wrong with it";
  const Reply fixed = fix(R"({"preset":"netflix","cue":2})", "\"2\"");
  ASSERT_EQ(fixed.status, 200) << fixed.body;
  EXPECT_EQ(json::parse(fixed.body).at("number").as_int64(), 3);
  EXPECT_TRUE(checks().at("items").as_array().empty());
  EXPECT_EQ(service.client->get(job_path(job.id) + "/transcript?revision=2").status, 200);
  EXPECT_EQ(fix(R"({"preset":"netflix"})", "\"3\"").status, 409);
}

TEST_F(SubtitleRoutes, AllAreMendedAtOnce) {
  EXPECT_EQ(fix(R"({"preset":"netflix"})", "*").status, 200);
  EXPECT_TRUE(checks().at("items").as_array().empty());
}

TEST_F(SubtitleRoutes, RefuseWhatIsNone) {
  EXPECT_EQ(service.client->get(path + "/checks?preset=cinema").status, 400);
  EXPECT_EQ(service.client->get(job_path(service.queued().id) + "/subtitles/checks").status, 404);
  EXPECT_EQ(service.client->json(Method::kPost, path + "/fixes", "{}").status, 428);
}

}  // namespace
}  // namespace vat::api

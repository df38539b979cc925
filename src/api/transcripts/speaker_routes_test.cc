#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::HasSubstr;
using testing::Reply;
using testing::TestService;

constexpr const char* kTurns =
    "SPEAKER talk 1 0.0 1.0 <NA> <NA> Anna_Bell <NA> <NA>\n"
    "SPEAKER talk 1 1.0 1.0 <NA> <NA> Ben <NA> <NA>\n"
    "SPEAKER talk 1 2.0 7.0 <NA> <NA> Cy <NA> <NA>\n";

struct Speakers {
  TestService service;
  std::string job = service.completed().id;
  std::string path = job_path(job) + "/transcript/speakers";

  Reply put(const std::string& turns, const std::string& type = "text/x-rttm") {
    return service.client->send(Method::kPut, path, turns, {{"Content-Type", type}});
  }
  Reply patch(const std::string& body) { return service.client->json(Method::kPatch, path, body); }
  Reply text(const std::string& format) {
    return service.client->get(job_path(job) + "/transcript?format=" + format);
  }
};

/// "S1 Anna, S2 Ben".
std::string listed(const Reply& reply) {
  EXPECT_EQ(reply.status, 200) << reply.body;
  std::string list;
  const json::value body = json::parse(reply.body);
  for (const json::value& item : body.at("items").as_array())
    list += (list.empty() ? "" : ", ") + json::value_to<std::string>(item.at("id")) + " " +
            json::value_to<std::string>(item.at("label"));
  return list;
}

TEST(SpeakerRoutes, TakeTurnsAndListWhoSpeaks) {
  Speakers speakers;
  EXPECT_EQ(listed(speakers.service.client->get(speakers.path)), "");
  EXPECT_EQ(listed(speakers.put(kTurns)), "S1 Anna Bell, S2 Ben, S3 Cy");
  const Reply reply = speakers.service.client->get(speakers.path);
  EXPECT_EQ(json::parse(reply.body).at("revision"), 2);
  EXPECT_THAT(speakers.text("vtt").body, HasSubstr("<v Anna Bell>"));
  EXPECT_THAT(speakers.text("rttm").body, HasSubstr(" 1.000 1.000 <NA> <NA> Ben "));
}

TEST(SpeakerRoutes, RenameAndMergeAsNewRevisions) {
  Speakers speakers;
  ASSERT_EQ(speakers.put(kTurns).status, 200);
  EXPECT_EQ(listed(speakers.patch(
                R"({"rename":[{"id":"S2","name":" Bea "}],"merge":[{"from":"S3","into":"S1"}]})")),
            "S1 Anna Bell, S2 Bea");
  EXPECT_EQ(json::parse(speakers.service.client->get(speakers.path).body).at("revision"), 3);
  EXPECT_EQ(listed(speakers.patch(R"({"rename":[{"id":"S2","name":""}]})")), "S1 Anna Bell, S2 Speaker 2");
  const Reply old =
      speakers.service.client->get(job_path(speakers.job) + "/transcript?format=vtt&revision=2");
  EXPECT_THAT(old.body, HasSubstr("<v Ben>"));
}

TEST(SpeakerRoutes, NameWhatIsWrong) {
  Speakers speakers;
  ASSERT_EQ(speakers.put(kTurns).status, 200);
  for (const char* const body :
       {"{}", R"({"rename":[{"id":"S9","name":"x"}]})", R"({"merge":[{"from":"S1","into":"S1"}]})",
        R"({"rename":[{"id":"S1"}]})", R"({"rename":[{"id":"S1","name":"x","age":7}]})", R"({"merge":7})"}) {
    EXPECT_EQ(speakers.patch(body).status, 400) << body;
  }
  EXPECT_EQ(speakers.patch(R"({"rename":[{"id":"S1","name":")" + std::string(201, 'x') + R"("}]})").status,
            400);
  EXPECT_EQ(speakers.put("Hello\n").status, 422);
  EXPECT_EQ(speakers.put(kTurns, "text/csv").status, 415);
  const std::string queued = job_path(speakers.service.queued().id) + "/transcript/speakers";
  EXPECT_EQ(speakers.service.client->get(queued).status, 404);
  EXPECT_EQ(json::parse(speakers.service.client->get(speakers.path).body).at("revision"), 2)
      << "nothing of that was saved";
}

}  // namespace
}  // namespace vat::api

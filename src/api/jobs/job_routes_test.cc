#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Reply;
using testing::TestService;

json::object object(const Reply& reply) {
  const json::value value = json::parse(reply.body);
  return value.as_object();
}

std::string text(const json::value& value) { return std::string(value.as_string()); }

std::string code(const Reply& reply) {
  EXPECT_EQ(reply.header("Content-Type"), "application/problem+json") << reply.body;
  const json::object problem = object(reply);
  EXPECT_EQ(problem.at("status").as_int64(), reply.status);
  EXPECT_FALSE(problem.at("detail").as_string().empty());
  return text(problem.at("code"));
}

std::string field(const Reply& reply) {
  (void)code(reply);
  const json::object problem = object(reply);
  return problem.contains("field") ? text(problem.at("field")) : "";
}

std::vector<std::string> titles(const Reply& reply) {
  std::vector<std::string> found;
  const json::object page = object(reply);
  for (const json::value& item : page.at("items").as_array()) found.push_back(text(item.at("title")));
  return found;
}

constexpr const char* kNobody = "/api/v1/jobs/00000000-0000-7000-8000-0000000000ff";

TEST(JobRoutes, ShowAJobWithItsFilesAndOptions) {
  TestService service;
  const Job job = service.completed();
  const Reply reply = service.client->get(job_path(job.id));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(reply.header("Cache-Control"), "no-store");
  const json::object shown = object(reply);
  EXPECT_EQ(text(shown.at("id")), job.id);
  EXPECT_EQ(text(shown.at("state")), "completed");
  EXPECT_EQ(shown.at("percent").to_number<double>(), 100);
  EXPECT_TRUE(shown.at("eta_seconds").is_null());
  EXPECT_EQ(text(shown.at("language")), "en");
  EXPECT_EQ(shown.at("duration_seconds").to_number<double>(), 10);
  EXPECT_TRUE(shown.at("error").is_null());
  EXPECT_EQ(text(shown.at("options").at("model")), "base");
  EXPECT_FALSE(shown.at("options").as_object().contains("device"));
  EXPECT_EQ(text(shown.at("warnings").at(0)), "A warning.");
  ASSERT_EQ(shown.at("files").as_array().size(), 1U);
  EXPECT_EQ(text(shown.at("files").at(0).at("url")), job_path(job.id) + "/files/talk.srt");
}

TEST(JobRoutes, SayWhyAJobFailed) {
  TestService service;
  const json::object shown = object(service.client->get(job_path(service.failed().id)));
  EXPECT_EQ(text(shown.at("state")), "failed");
  EXPECT_EQ(text(shown.at("error").at("code")), "bad_media");
  EXPECT_EQ(text(shown.at("error").at("stage")), "transcribe");
}

TEST(JobRoutes, EstimateWhenAWaitingJobIsDone) {
  TestService service;
  const Job first = service.queued();
  EXPECT_TRUE(object(service.client->get(job_path(first.id))).at("eta_seconds").is_null());
  ASSERT_TRUE(service.services().speeds.record("whisper", "base", 2.0));
  const Job second = service.queued();
  const auto eta = [&](const Job& job) {
    return object(service.client->get(job_path(job.id))).at("eta_seconds").to_number<double>();
  };
  EXPECT_GE(eta(first), 5);
  EXPECT_GT(eta(second), eta(first));
}

TEST(JobRoutes, SayWhyAJobWaitsAndAtWhichPlace) {
  TestService service;
  service.services().limits.max_running_jobs = 1;
  const Job first = service.queued("first");
  const Job second = service.queued("second");
  const auto waiting = [&](const Job& job) {
    return object(service.client->get(job_path(job.id))).at("waiting");
  };
  const auto listed = [&](std::size_t index) {
    return object(service.client->get("/api/v1/jobs")).at("items").at(index).at("waiting");
  };
  EXPECT_EQ(waiting(second), json::parse(R"({"reason":"worker","place":2,"until":null,"model":null})"));
  EXPECT_EQ(listed(0), waiting(second));
  const ClaimedJob claimed = service.claim();
  EXPECT_EQ(waiting(second), json::parse(R"({"reason":"user_limit","place":1,"until":null,"model":null})"));
  EXPECT_TRUE(waiting(first).is_null());
  service.services().live_progress = [](const std::string&) { return JobProgress{.fetching = "base"}; };
  EXPECT_EQ(waiting(first), json::parse(R"({"reason":"model","place":null,"until":null,"model":"base"})"));
  EXPECT_EQ(listed(1), waiting(first));
  service.services().live_progress = {};
  ASSERT_TRUE(
      service.services().queue.fail_job(claimed.lease, {ErrorCode::kNetwork, "No.", Stage::kPrepare}, true));
  const json::value paused = waiting(first);
  EXPECT_EQ(text(paused.at("reason")), "retry");
  EXPECT_GT(parse_rfc3339(text(paused.at("until"))), utc_now());
}

TEST(JobRoutes, ShowTheProgressOfARunningJob) {
  TestService service;
  const Job job = service.queued();
  const ClaimedJob claimed = service.claim();
  ASSERT_TRUE(service.services().queue.describe(claimed.lease, {.duration = Millis(100'000)}));
  ASSERT_TRUE(service.services().queue.heartbeat(
      claimed.lease, {.stage = Stage::kTranscribe, .fraction = 0.5, .done = Millis(50'000), .speed = 4}));
  json::object shown = object(service.client->get(job_path(job.id)));
  EXPECT_EQ(text(shown.at("stage")), "transcribe");
  EXPECT_NEAR(shown.at("percent").to_number<double>(), 50, 2);
  EXPECT_EQ(shown.at("speed").to_number<double>(), 4);
  EXPECT_NEAR(shown.at("eta_seconds").to_number<double>(), 13, 2);
  // For a job that runs in this process, its progress is more recent than the database's.
  service.services().live_progress = [](const std::string&) {
    return JobProgress{.stage = Stage::kTranscribe, .fraction = 0.9, .speed = 4};
  };
  shown = object(service.client->get(job_path(job.id)));
  EXPECT_GT(shown.at("percent").to_number<double>(), 85);
}

TEST(JobRoutes, ListJobsPageByPageNewestFirst) {
  TestService service;
  for (const char* const title : {"one", "two", "three", "four", "five"}) (void)service.queued(title);
  Reply page = service.client->get("/api/v1/jobs?limit=2");
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_THAT(titles(page), ElementsAre("five", "four"));
  std::string cursor = text(object(page).at("next_cursor"));
  page = service.client->get("/api/v1/jobs?limit=2&cursor=" + cursor);
  EXPECT_THAT(titles(page), ElementsAre("three", "two"));
  cursor = text(object(page).at("next_cursor"));
  page = service.client->get("/api/v1/jobs?limit=2&cursor=" + cursor);
  EXPECT_THAT(titles(page), ElementsAre("one"));
  EXPECT_TRUE(object(page).at("next_cursor").is_null());
}

TEST(JobRoutes, FilterTheList) {
  TestService service;
  (void)service.completed("Alpha.mp4");
  (void)service.queued("Beta.mp4");
  EXPECT_THAT(titles(service.client->get("/api/v1/jobs?state=queued")), ElementsAre("Beta.mp4"));
  EXPECT_THAT(titles(service.client->get("/api/v1/jobs?state=completed")), ElementsAre("Alpha.mp4"));
  EXPECT_THAT(titles(service.client->get("/api/v1/jobs?q=alph")), ElementsAre("Alpha.mp4"));
  EXPECT_THAT(titles(service.client->get("/api/v1/jobs?kind=speech")), ElementsAre());
  EXPECT_THAT(titles(service.client->get("/api/v1/jobs?created_after=2090-01-01T00:00:00Z")), ElementsAre());
  EXPECT_EQ(titles(service.client->get("/api/v1/jobs?created_before=2090-01-01T00:00:00Z")).size(), 2U);
}

TEST(JobRoutes, NameTheParameterThatIsWrong) {
  TestService service;
  for (const auto& [query, name] :
       std::vector<std::pair<std::string, std::string>>{{"state=done", "state"},
                                                        {"kind=x", "kind"},
                                                        {"limit=0", "limit"},
                                                        {"limit=201", "limit"},
                                                        {"limit=x", "limit"},
                                                        {"cursor=AAAA", "cursor"},
                                                        {"cursor=", "cursor"},
                                                        {"created_after=now", "created_after"},
                                                        {"created_before=2026", "created_before"},
                                                        {"q=" + std::string(256, 'x'), "q"},
                                                        {"q=" + std::string(2000, 'x'), "q"}}) {
    const Reply reply = service.client->get("/api/v1/jobs?" + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(field(reply), name) << query;
  }
}

TEST(JobRoutes, KeepTheJobsOfOneUserFromAnother) {
  TestService service;
  const Job job = service.completed();
  const HttpHeaders other = service.other_user();
  EXPECT_THAT(titles(service.client->get("/api/v1/jobs", other)), ElementsAre());
  for (const char* const path :
       {"", "/files", "/files/talk.srt", "/media", "/transcript", "/transcript/revisions", "/events"})
    EXPECT_EQ(service.client->get(job_path(job.id) + path, other).status, 404) << path;
  for (const char* const path : {"/cancel", "/retry", "/rerun", "/speech"})
    EXPECT_EQ(service.client->send(Method::kPost, job_path(job.id) + path, {}, other).status, 404) << path;
  EXPECT_EQ(service.client->send(Method::kDelete, job_path(job.id), {}, other).status, 404);
  EXPECT_EQ(service.client->json(Method::kPatch, job_path(job.id), R"({"priority":1})", other).status, 404);
  EXPECT_EQ(service.client->get(job_path(job.id)).status, 200);
}

TEST(JobRoutes, DoNotKnowWrongIds) {
  TestService service;
  EXPECT_EQ(code(service.client->get(kNobody)), "not_found");
  EXPECT_EQ(service.client->get("/api/v1/jobs/1").status, 404);
  EXPECT_EQ(service.client->get("/api/v1/jobs/..%2f..").status, 404);
  EXPECT_EQ(service.client->send(Method::kPut, kNobody).status, 405);
}

TEST(JobRoutes, CancelRetryAndDelete) {
  TestService service;
  const Job job = service.queued();
  Reply reply = service.client->send(Method::kPost, job_path(job.id) + "/cancel");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(text(object(reply).at("state")), "cancelled");
  EXPECT_EQ(code(service.client->send(Method::kPost, job_path(job.id) + "/cancel")), "exists");
  reply = service.client->send(Method::kPost, job_path(job.id) + "/retry");
  ASSERT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(reply.header("Location"), job_path(job.id));
  EXPECT_EQ(text(object(reply).at("state")), "queued");
  EXPECT_EQ(service.client->send(Method::kPost, job_path(job.id) + "/retry").status, 409);
  EXPECT_EQ(service.client->send(Method::kDelete, job_path(job.id)).status, 204);
  EXPECT_EQ(service.client->get(job_path(job.id)).status, 404);
}

TEST(JobRoutes, DeleteARunningJobWithItsBytes) {
  TestService service;
  const Job job = service.queued();
  const ClaimedJob claimed = service.claim();
  service.add_file(claimed.lease, "a.txt", "text", "text/plain");
  const std::string file_key = service.services().jobs.artifact(kLocalUserId, job.id, "a.txt")->object_key;
  EXPECT_EQ(service.client->send(Method::kDelete, job_path(job.id)).status, 204);
  EXPECT_FALSE(service.services().objects.get(claimed.upload_key));
  EXPECT_FALSE(service.services().objects.get(file_key));
}

TEST(JobRoutes, ChangeThePriorityAndTheTitle) {
  TestService service;
  const Job job = service.queued();
  Reply reply = service.client->json(Method::kPatch, job_path(job.id), R"({"priority":7})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(object(reply).at("priority").as_int64(), 7);
  for (const char* const body : {R"({"priority":11})", R"({"priority":"1"})", R"({"priority":1.5})"}) {
    reply = service.client->json(Method::kPatch, job_path(job.id), body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(field(reply), "priority") << body;
  }
  reply = service.client->json(Method::kPatch, job_path(job.id), R"({"title":" Das Gespräch "})");
  EXPECT_EQ(text(object(reply).at("title")), "Das Gespräch");
  EXPECT_EQ(object(reply).at("priority").as_int64(), 7);
  const std::string long_title = R"({"title":")" + std::string(256, 'x') + "\"}";
  for (const std::string& body : {std::string("{}"), std::string(R"({"title":" "})"), long_title}) {
    reply = service.client->json(Method::kPatch, job_path(job.id), body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(field(reply), "title") << body;
  }
  EXPECT_EQ(
      field(service.client->json(Method::kPatch, job_path(job.id), R"({"priority":1,"state":"completed"})")),
      "state");
  EXPECT_EQ(service.client->json(Method::kPatch, job_path(job.id), "[").status, 400);
  EXPECT_EQ(service.client->send(Method::kPatch, job_path(job.id), R"({"priority":1})").status, 415);
  EXPECT_EQ(service.client
                ->send(Method::kPatch, job_path(job.id), "priority=1",
                       {{"Content-Type", "application/x-www-form-urlencoded"}})
                .status,
            415);
  EXPECT_EQ(
      service.client
          ->json(Method::kPatch, job_path(job.id), R"({"priority":")" + std::string(200'000, 'x') + R"("})")
          .status,
      413);
}

TEST(JobRoutes, RunAgainWithOtherOptions) {
  TestService service;
  const Job job = service.completed();
  Reply reply = service.client->json(Method::kPost, job_path(job.id) + "/rerun",
                                     R"({"options":{"model":"small","formats":["vtt"]},"title":"Again"})");
  ASSERT_EQ(reply.status, 202) << reply.body;
  const json::object made = object(reply);
  EXPECT_NE(text(made.at("id")), job.id);
  EXPECT_EQ(reply.header("Location"), job_path(text(made.at("id"))));
  EXPECT_EQ(text(made.at("title")), "Again");
  EXPECT_EQ(text(made.at("upload_id")), job.upload_id);
  EXPECT_EQ(text(made.at("options").at("model")), "small");
  EXPECT_EQ(text(made.at("options").at("formats").at(0)), "vtt");
  // Without a body: the same options again.
  reply = service.client->send(Method::kPost, job_path(job.id) + "/rerun");
  EXPECT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(text(object(reply).at("title")), job.title);
}

TEST(JobRoutes, RefuseOptionsThatMakeNoSense) {
  TestService service;
  const Job job = service.completed();
  const std::string path = job_path(job.id) + "/rerun";
  for (const auto& [body, name] : std::vector<std::pair<std::string, std::string>>{
           {R"({"options":{"lang":"de"}})", "options.lang"},
           {R"({"options":{"beam_size":"x"}})", "options.beam_size"},
           {R"({"options":{"model":"/etc/passwd"}})", "options.model"},
           {R"({"options":{"device":"gpu"}})", "options.device"},
           {R"({"options":[]})", "options"},
           {R"({"optoins":{}})", "optoins"},
           {R"({"webhook_url":"http://127.0.0.1/"})", "webhook_url"},
           {R"({"webhook_url":"ftp://example.com/"})", "webhook_url"},
           {R"({"title":"\u0000"})", "title"}}) {
    const Reply reply = service.client->json(Method::kPost, path, body);
    EXPECT_TRUE(reply.status == 400 || reply.status == 403) << body << reply.body;
    EXPECT_EQ(field(reply), name) << body;
  }
  EXPECT_EQ(object(service.client->get("/api/v1/jobs")).at("items").as_array().size(), 1U);
}

TEST(JobRoutes, MakeOneJobOfOneIdempotencyKey) {
  TestService service;
  const std::string path = job_path(service.completed().id) + "/rerun";
  const HttpHeaders key = {{"Idempotency-Key", "k1"}};
  const Reply first = service.client->json(Method::kPost, path, R"({"priority":1})", key);
  const Reply second = service.client->json(Method::kPost, path, R"({"priority":1})", key);
  ASSERT_EQ(first.status, 202) << first.body;
  ASSERT_EQ(second.status, 202) << second.body;
  EXPECT_EQ(first.header("Location"), second.header("Location"));
  EXPECT_EQ(service.client->json(Method::kPost, path, R"({"priority":2})", key).status, 409);
  EXPECT_EQ(field(service.client->json(Method::kPost, path, "{}", {{"Idempotency-Key", "a b"}})),
            "Idempotency-Key");
  EXPECT_EQ(object(service.client->get("/api/v1/jobs")).at("items").as_array().size(), 2U);
}

TEST(JobRoutes, BoundTheJobsThatWait) {
  TestService service;
  ASSERT_TRUE(service.services().quotas.set_own(kLocalUserId, {.waiting_jobs = 2}));
  const std::string path = job_path(service.completed().id) + "/rerun";
  EXPECT_EQ(service.client->send(Method::kPost, path).status, 202);
  EXPECT_EQ(service.client->send(Method::kPost, path).status, 202);
  const Reply reply = service.client->send(Method::kPost, path);
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(code(reply), "limit");
  EXPECT_FALSE(reply.header("Retry-After").empty());
}

TEST(JobRoutes, SpeakTheNewestTranscript) {
  TestService service;
  const Job job = service.completed();
  Transcript edited = testing::sample_transcript();
  edited.segments[0].text = "Never ask what";
  ASSERT_TRUE(service.services().transcripts.edit(kLocalUserId, job.id, 1, edited));
  const Reply reply = service.client->json(Method::kPost, job_path(job.id) + "/speech",
                                           R"({"options":{"voice":"slt","audio_format":"wav"}})");
  ASSERT_EQ(reply.status, 202) << reply.body;
  const json::object made = object(reply);
  EXPECT_EQ(text(made.at("kind")), "speech");
  EXPECT_EQ(text(made.at("title")), job.title);
  EXPECT_TRUE(made.at("upload_id").is_null());
  EXPECT_EQ(text(made.at("options").at("voice")), "slt");
  EXPECT_EQ(text(made.at("options").at("language")), "en");
  const auto stored = service.services().jobs.get(kLocalUserId, text(made.at("id")));
  ASSERT_TRUE(stored);
  EXPECT_THAT(stored->input_text, HasSubstr("Never ask what"));
  EXPECT_EQ(field(service.client->json(Method::kPost, job_path(job.id) + "/speech",
                                       R"({"options":{"model":"small"}})")),
            "options.model");
  EXPECT_EQ(service.client->send(Method::kPost, job_path(service.failed().id) + "/speech").status, 404);
}

/// The recording is not read: the transcript knows how high they speak.
TEST(JobRoutes, SpeakAnEditedTranscriptInVoicesLikeItsSpeakers) {
  TestService service;
  const Job job = service.completed();
  Transcript edited = testing::sample_transcript();
  edited.speakers = {{"S1", "", 180}, {"S2", "", 95}, {"S3", "", 97}};
  edited.segments[0].speaker = "S1";
  edited.segments[1].speaker = "S3";
  ASSERT_TRUE(service.services().transcripts.edit(kLocalUserId, job.id, 1, edited));
  ASSERT_EQ(service.client
                ->json(Method::kPatch, job_path(job.id) + "/transcript/speakers",
                       R"({"rename":[{"id":"S1","name":"Anna"}],"merge":[{"from":"S3","into":"S2"}]})")
                .status,
            200);
  const Reply reply = service.client->json(Method::kPost, job_path(job.id) + "/speech", "{}");
  ASSERT_EQ(reply.status, 202) << reply.body;
  const auto stored = service.services().jobs.get(kLocalUserId, text(object(reply).at("id")));
  ASSERT_TRUE(stored);
  EXPECT_THAT(stored->input_text, HasSubstr("<voice name=\"flite:slt\"><p>Ask not what</p></voice>"));
  EXPECT_THAT(stored->input_text, HasSubstr("<voice name=\"flite:rms\"><p>your country</p></voice>"));
}

}  // namespace
}  // namespace vat::api

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <sstream>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using ::testing::StartsWith;
using testing::TestService;

std::string transcript_of(const Job& job) { return job_path(job.id) + "/transcript"; }

TEST(TranscriptRoutes, GiveEveryFormatByNameAndByAccept) {
  TestService service;
  const Job job = service.completed();
  const std::string path = transcript_of(job);
  Reply reply = service.client->get(path);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(json::parse(reply.body).at("segments").as_array().size(), 2U);
  EXPECT_EQ(reply.header("ETag"), "\"1-json\"");
  EXPECT_EQ(reply.header("Vary"), "Accept");
  reply = service.client->get(path + "?format=srt", {{"Accept", "text/vtt"}});
  EXPECT_THAT(reply.body, StartsWith("1\n00:00:00,000 --> "));
  EXPECT_THAT(reply.header("Content-Disposition"), HasSubstr("talk.srt"));
  reply = service.client->get(path, {{"Accept", "text/vtt, */*;q=0.1"}});
  EXPECT_THAT(reply.body, StartsWith("WEBVTT"));
  EXPECT_EQ(reply.header("ETag"), "\"1-vtt\"");
  reply = service.client->get(path, {{"Accept", "text/plain"}});
  EXPECT_THAT(reply.body, StartsWith("Ask not what"));
  reply = service.client->get(path, {{"Accept", "*/*"}});
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  for (const char* const format : {"txt", "srt", "vtt", "json", "tsv", "csv", "lrc", "md", "docx", "rttm"})
    EXPECT_EQ(service.client->get(path + "?format=" + format).status, 200) << format;
}

TEST(TranscriptRoutes, RefuseFormatsRevisionsAndPresetsThatAreNone) {
  TestService service;
  const std::string path = transcript_of(service.completed());
  EXPECT_EQ(service.client->get(path, {{"Accept", "image/png"}}).status, 406);
  for (const char* const query :
       {"format=doc", "format=", "revision=0", "revision=x", "preset=hollywood", "line_length=5", "lines=0",
        "paragraph_seconds=x", "sounds=yes", "speakers=no", "times=x", "max_segments=0"}) {
    const Reply reply = service.client->get(path + "?" + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_THAT(reply.body, HasSubstr("\"field\"")) << query;
  }
  EXPECT_EQ(service.client->get(path + "?revision=9").status, 404);
  EXPECT_EQ(service.client->get(transcript_of(service.queued())).status, 404);
}

/// The lines of a file, without those of numbers and times.
std::vector<std::string> text_lines(const std::string& srt) {
  std::vector<std::string> lines;
  std::istringstream stream(srt);
  for (std::string line; std::getline(stream, line);)
    if (!line.empty() && line.find_first_not_of("0123456789") != std::string::npos &&
        line.find("-->") == std::string::npos)
      lines.push_back(line);
  return lines;
}

TEST(TranscriptRoutes, GiveTheLookThatIsAskedFor) {
  TestService service;
  const Job job = service.completed();
  const std::string path = transcript_of(job);
  const std::string turns =
      "SPEAKER talk 1 0 2 <NA> <NA> Anna <NA> <NA>\nSPEAKER talk 1 3 2 <NA> <NA> Bo <NA> <NA>\n";
  ASSERT_EQ(
      service.client->send(Method::kPut, path + "/speakers", turns, {{"Content-Type", "text/x-rttm"}}).status,
      200);
  const auto get = [&](const std::string& query) {
    const Reply reply = service.client->get(path + "?format=" + query);
    EXPECT_EQ(reply.status, 200) << query << reply.body;
    return reply;
  };
  EXPECT_THAT(get("srt").body, HasSubstr("Anna: Ask not what"));
  EXPECT_THAT(get("srt&speakers=false").body, Not(HasSubstr("Anna")));
  EXPECT_THAT(get("json&speakers=false").body, Not(HasSubstr("Anna")));
  EXPECT_THAT(get("txt").body, HasSubstr("[00:00:00] Anna: Ask not what"));
  EXPECT_THAT(get("txt&times=false").body, StartsWith("Anna: Ask not what"));
  EXPECT_THAT(get("txt&times=false&speakers=false").body, StartsWith("Ask not what your country"));
  EXPECT_THAT(get("txt&speakers=false&paragraph_seconds=1").body, StartsWith("Ask not what\n\nyour country"));
  EXPECT_THAT(get("md&times=false").body, HasSubstr("**Anna:** Ask not what"));
  EXPECT_THAT(get("md&times=false&speakers=false").body, Not(HasSubstr("**")));
  EXPECT_NE(get("docx&times=false").body, get("docx").body);
  for (const std::string& line : text_lines(get("srt&speakers=false&line_length=10&lines=2").body))
    EXPECT_LE(line.size(), 10U) << line;
  const Reply one = get("srt&max_segments=1");
  EXPECT_THAT(one.body, AllOf(HasSubstr("what"), Not(HasSubstr("country"))));
  EXPECT_EQ(one.header("ETag"), "\"2-srt-s1\"");
  EXPECT_EQ(get("srt&max_segments=1000").body, get("srt").body);
  EXPECT_EQ(service.client->get(path + "?format=srt&max_segments=1", {{"If-None-Match", "\"2-srt\""}}).status,
            200)
      << "another look is another representation";
}

TEST(TranscriptRoutes, AnswerConditionalRequests) {
  TestService service;
  const std::string path = transcript_of(service.completed());
  Reply reply = service.client->get(path, {{"If-None-Match", "\"1-json\""}});
  EXPECT_EQ(reply.status, 304);
  EXPECT_TRUE(reply.body.empty());
  EXPECT_EQ(reply.header("ETag"), "\"1-json\"");
  EXPECT_EQ(service.client->get(path, {{"If-None-Match", "\"1-srt\""}}).status, 200);
}

constexpr const char* kEdit = R"({"segments":[{"start":0,"end":2,"text":"Ask not why"}]})";

TEST(TranscriptRoutes, KeepEditsAsRevisions) {
  TestService service;
  const Job job = service.completed();
  const std::string path = transcript_of(job);
  Reply reply = service.client->json(Method::kPut, path, kEdit, {{"If-Match", "\"1-json\""}});
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json::parse(reply.body).at("number").as_int64(), 2);
  EXPECT_TRUE(json::parse(reply.body).at("edited").as_bool());
  EXPECT_EQ(reply.header("ETag"), "\"2-json\"");
  EXPECT_THAT(service.client->get(path + "?format=txt").body, StartsWith("Ask not why"));
  EXPECT_THAT(service.client->get(path + "?format=txt&revision=1").body, StartsWith("Ask not what"));
  const json::value revisions = json::parse(service.client->get(path + "/revisions").body);
  EXPECT_EQ(revisions.at("items").as_array().size(), 2U);
  // Words that are still there keep their times.
  const json::value words = json::parse(service.client->get(path).body).at("words");
  EXPECT_EQ(words.at(1).at("start").to_number<double>(), 0.5);
}

TEST(TranscriptRoutes, TakeSubtitles) {
  TestService service;
  const std::string path = transcript_of(service.completed());
  const Reply reply =
      service.client->send(Method::kPut, path, "WEBVTT\n\n00:00.000 --> 00:02.000\nHello there\n",
                           {{"Content-Type", "text/vtt"}, {"If-Match", "\"1\""}});
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(service.client->get(path + "?format=txt").body, StartsWith("Hello there"));
  EXPECT_EQ(service.client
                ->send(Method::kPut, path, "nonsense",
                       {{"Content-Type", "application/x-subrip"}, {"If-Match", "\"2\""}})
                .status,
            422);
}

TEST(TranscriptRoutes, RefuseEditsOfARevisionThatIsNotTheNewest) {
  TestService service;
  const std::string path = transcript_of(service.completed());
  EXPECT_EQ(service.client->json(Method::kPut, path, kEdit).status, 428);
  for (const char* const field : {"\"2\"", "\"1x\"", "\"\"", "1", "W/\"2\"", "\"12-json\"", ","})
    EXPECT_EQ(service.client->json(Method::kPut, path, kEdit, {{"If-Match", field}}).status, 412) << field;
  EXPECT_EQ(service.client->json(Method::kPut, path, kEdit, {{"If-Match", "\"9\", \"1-srt\""}}).status, 200);
  EXPECT_EQ(service.client->json(Method::kPut, path, kEdit, {{"If-Match", "\"1\""}}).status, 412);
  // The tag of a response that a proxy compressed.
  EXPECT_EQ(service.client->json(Method::kPut, path, kEdit, {{"If-Match", "W/\"2-vtt\""}}).status, 200);
  EXPECT_EQ(service.client->json(Method::kPut, path, kEdit, {{"If-Match", "*"}}).status, 200);
}

TEST(TranscriptRoutes, NameWhatIsWrongInAnEdit) {
  TestService service;
  service.services().limits.max_transcript_bytes = 1000;
  const std::string path = transcript_of(service.completed());
  const HttpHeaders match = {{"If-Match", "*"}};
  for (const auto& [body, status] :
       std::vector<std::pair<std::string, int>>{{"", 400},
                                                {"{", 400},
                                                {R"({"segments":[{"start":1,"end":0,"text":"x"}]})", 400},
                                                {R"({"segments":[],"more":1})", 400},
                                                {R"({"segments":[)" + std::string(2000, ' ') + "]}", 413}}) {
    EXPECT_EQ(service.client->json(Method::kPut, path, body, match).status, status) << body;
  }
  EXPECT_EQ(
      service.client->send(Method::kPut, path, kEdit, {{"If-Match", "*"}, {"Content-Type", "text/html"}})
          .status,
      415);
  EXPECT_EQ(json::parse(service.client->get(path + "/revisions").body).at("items").as_array().size(), 1U);
}

TEST(Search, FindsSegmentsWithTheirTimes) {
  TestService service;
  const Job job = service.completed("talk.mp4");
  const Reply reply = service.client->get("/api/v1/search?q=COUNTRY");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json::value hits = json::parse(reply.body);
  ASSERT_EQ(hits.at("items").as_array().size(), 1U) << reply.body;
  const json::value& hit = hits.at("items").at(0);
  EXPECT_EQ(hit.at("job_id").as_string(), job.id);
  EXPECT_EQ(hit.at("start").to_number<double>(), 3);
  EXPECT_EQ(hit.at("snippet").at(0).at("text").as_string(), "your ");
  EXPECT_EQ(hit.at("snippet").at(0).at("match").as_bool(), false);
  EXPECT_EQ(hit.at("snippet").at(1).at("text").as_string(), "country");
  EXPECT_EQ(hit.at("snippet").at(1).at("match").as_bool(), true);
  EXPECT_TRUE(hits.at("next_cursor").is_null());
  EXPECT_THAT(service.client->get("/api/v1/search?q=country", service.other_user()).body,
              HasSubstr("\"items\":[]"));
}

TEST(Search, GoesOnPageByPage) {
  TestService service;
  for (int i = 0; i < 3; ++i) (void)service.completed();
  Reply reply = service.client->get("/api/v1/search?q=country&limit=2");
  EXPECT_EQ(json::parse(reply.body).at("items").as_array().size(), 2U);
  const std::string cursor(json::parse(reply.body).at("next_cursor").as_string());
  reply = service.client->get("/api/v1/search?q=country&limit=2&cursor=" + cursor);
  EXPECT_EQ(json::parse(reply.body).at("items").as_array().size(), 1U);
  EXPECT_TRUE(json::parse(reply.body).at("next_cursor").is_null());
}

TEST(Search, RefusesQueriesThatAreNone) {
  TestService service;
  for (const char* const query : {"", "?q=", "?q=%20", "?q=a&limit=0", "?q=a&cursor=x"})
    EXPECT_EQ(service.client->get(std::string("/api/v1/search") + query).status, 400) << query;
  EXPECT_EQ(service.client->get("/api/v1/search?q=" + std::string(1001, 'a')).status, 400);
  for (const char* const query : {"%22", "*", "a%20AND", "(", "NEAR(a", "-", "a*b%22c", "'", "%3A"})
    EXPECT_EQ(service.client->get(std::string("/api/v1/search?q=") + query).status, 200) << query;
}

TEST(TranscriptRoutes, LongOnesAreReadAndWrittenApartFromTheRest) {
  TestService service;
  const Job job = service.completed();
  std::string edit = R"({"segments":[)";
  const int count = 4 * TranscriptStore::kManySegments;
  for (int i = 0; i < count; ++i) {
    if (i > 0) edit += ",";
    edit += R"({"start":)" + std::to_string(i) + R"(,"end":)" + std::to_string(i + 1) + R"(,"text":")" +
            std::string(250, 'a') + " " + std::to_string(i) + R"("})";
  }
  edit += "]}";
  const Reply edited = service.client->send(Method::kPut, transcript_of(job), edit,
                                            {{"Content-Type", "application/json"}, {"If-Match", "*"}});
  ASSERT_EQ(edited.status, 200) << edited.body;
  EXPECT_TRUE(service.services().transcripts.is_long(kLocalUserId, job.id).value());
  EXPECT_FALSE(service.services().transcripts.is_long(make_uuid(), job.id).value()) << "not theirs";
  const Reply text = service.client->get(transcript_of(job) + "?format=tsv");
  ASSERT_EQ(text.status, 200);
  EXPECT_EQ(std::count(text.body.begin(), text.body.end(), '\n'), count + 1);
  EXPECT_THAT(text.body, HasSubstr("a " + std::to_string(count - 1)));
  EXPECT_THAT(text.header("Content-Type"), StartsWith("text/tab-separated-values"));
  EXPECT_TRUE(std::filesystem::is_empty(service.services().objects.staging())) << "its file has no name";
}

}  // namespace
}  // namespace vat::api

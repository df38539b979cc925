#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <map>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using testing::Reply;
using testing::TestService;

constexpr const char* kRetentionPath = "/api/v1/me/retention";

std::map<std::string, std::string> files_in(const std::string& bytes) {
  std::map<std::string, std::string> files;
  const std::unique_ptr<::archive, int (*)(::archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_format_zip(reader.get());
  EXPECT_EQ(archive_read_open_memory(reader.get(), bytes.data(), bytes.size()), ARCHIVE_OK);
  ::archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    std::string content(100'000, '\0');
    const auto read = archive_read_data(reader.get(), content.data(), content.size());
    content.resize(static_cast<std::size_t>(std::max<la_ssize_t>(read, 0)));
    files[archive_entry_pathname_utf8(entry)] = content;
  }
  return files;
}

TEST(Export, HoldsEverythingOfTheUser) {
  TestService service;
  const Job job = service.completed("Talk");
  const std::string unused = service.upload("Vortrag.mp4", "unused");
  const Reply reply = service.client->get("/api/v1/me/export");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "application/zip");
  EXPECT_THAT(reply.header("Content-Disposition"), HasSubstr("attachment"));
  const auto files = files_in(reply.body);
  const std::string folder = "jobs/" + job.id + "/";
  EXPECT_THAT(files, Contains(Key("account.json")));
  EXPECT_EQ(json::parse(files.at(folder + "job.json")).at("title").as_string(), "Talk");
  EXPECT_THAT(files.at(folder + "transcript-1.json"), HasSubstr("your country"));
  EXPECT_THAT(files.at(folder + "files/talk.srt"), HasSubstr("Ask not what"));
  EXPECT_EQ(files.at("recordings/" + job.upload_id + "/Talk"), "media");
  EXPECT_EQ(files.at(folder + "files/waveform-10.dat"), "drawn");
  EXPECT_EQ(files.at(folder + "files/thumbnail-640.jpg"), "seen");
  EXPECT_EQ(files.at(folder + "files/filmstrip.jpg"), "moments");
  EXPECT_EQ(files.at("recordings/" + unused + "/Vortrag.mp4"), "unused");
  EXPECT_THAT(service.client->get("/api/v1/admin/audit").body, HasSubstr("account.exported"));
}

TEST(Export, HoldsNothingOfOthersAndNoSecrets) {
  TestService service;
  (void)service.completed("Talk");
  const HttpHeaders other = service.other_user();
  const auto files = files_in(service.client->get("/api/v1/me/export", other).body);
  ASSERT_EQ(files.size(), 1U);
  const std::string secret = other.front().second.substr(std::string("Bearer ").size());
  EXPECT_THAT(files.at("account.json"), Not(HasSubstr(secret)));
  EXPECT_THAT(files.at("account.json"), HasSubstr(secret.substr(0, 8)));
}

TEST(DeleteAccount, RemovesEverythingAndSaysSo) {
  TestService service;
  const HttpHeaders other = service.other_user();
  const Job kept = service.completed("Kept");
  const std::string id =
      json::value_to<std::string>(json::parse(service.client->get("/api/v1/me", other).body).at("id"));
  ASSERT_EQ(service.client->json(Method::kPost, "/api/v1/speech", R"({"text":"Hello.","as_job":true})", other)
                .status,
            202);
  ASSERT_EQ(service.client->json(Method::kPost, "/api/v1/speech", R"({"text":"My secret."})", other).status,
            200);
  EXPECT_THAT(service.services().speech.owners(), ElementsAre(id)) << "spoken sentences are kept for a while";
  EXPECT_EQ(service.client->send(Method::kDelete, "/api/v1/me", {}, other).status, 400);
  EXPECT_EQ(
      service.client->send(Method::kDelete, "/api/v1/me?confirm=" + std::string(kLocalUserId), {}, other)
          .status,
      400);
  const Reply reply = service.client->send(Method::kDelete, "/api/v1/me?confirm=" + id, {}, other);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json::parse(reply.body).at("jobs").as_int64(), 1);
  EXPECT_THAT(service.services().speech.owners(), IsEmpty());
  EXPECT_EQ(service.client->get("/api/v1/me", other).status, 401);
  EXPECT_EQ(service.client->get("/api/v1/admin/users/" + id).status, 404);
  EXPECT_EQ(service.client->get(job_path(kept.id)).status, 200);
  EXPECT_THAT(service.client->get("/api/v1/admin/audit").body, HasSubstr("account.deleted"));
}

TEST(DeleteAccount, LeavesTheLocalUserEmpty) {
  TestService service;
  const Job job = service.completed();
  const Job waiting = service.queued();
  const std::string unused = service.upload("x.mp4", "unused");
  const Reply reply =
      service.client->send(Method::kDelete, "/api/v1/me?confirm=" + std::string(kLocalUserId));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json::parse(reply.body).at("jobs").as_int64(), 2);
  EXPECT_EQ(json::parse(reply.body).at("uploads").as_int64(), 1);
  EXPECT_THAT(service.client->get("/api/v1/jobs").body, HasSubstr("\"items\":[]"));
  EXPECT_THAT(service.client->get("/api/v1/search?q=country").body, HasSubstr("\"items\":[]"));
  std::size_t objects = 0;
  ASSERT_TRUE(service.services().objects.each_older(utc_now() + std::chrono::hours(1), [&](const auto& keys) {
    objects += keys.size();
    return Result<>();
  }));
  EXPECT_EQ(objects, 0U);
  EXPECT_EQ(service.client->get("/api/v1/me").status, 200);
}

TEST(RetentionRoutes, ShowWhatWillHappenBeforeItDoes) {
  TestService service;
  const Job job = service.completed("Talk");
  EXPECT_THAT(service.client->get(kRetentionPath).body, HasSubstr("\"next\":[]"));
  const Reply reply =
      service.client->json(Method::kPut, kRetentionPath, R"({"recordings_days":7,"jobs_days":90})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json::value shown = json::parse(reply.body);
  EXPECT_EQ(shown.at("own").at("recordings_days").as_int64(), 7);
  EXPECT_TRUE(shown.at("effective").at("speech_days").is_null());
  ASSERT_EQ(shown.at("next").as_array().size(), 2U) << reply.body;
  EXPECT_EQ(shown.at("next").at(0).at("what").as_string(), "recording");
  EXPECT_EQ(shown.at("next").at(0).at("job_id").as_string(), job.id);
  EXPECT_EQ(shown.at("next").at(1).at("what").as_string(), "job");
  for (const char* const body : {R"({"recordings_days":-1})", R"({"days":1})", R"({"jobs_days":"x"})"})
    EXPECT_EQ(service.client->json(Method::kPut, kRetentionPath, body).status, 400) << body;
}

TEST(RetentionRoutes, ARecordingThatIsGoneIsSaidToBe) {
  TestService service;
  const Job job = service.completed("Talk");
  ASSERT_TRUE(service.services().retention.set_own(kLocalUserId, {.recordings = Days(1)}));
  ASSERT_EQ(service.services().retention.carry_out(utc_now() + Days(2), 10)->removed, 1U);
  EXPECT_EQ(service.client->get(job_path(job.id) + "/media").status, 410);
  EXPECT_EQ(service.client->get(job_path(job.id) + "/transcript").status, 200);
  EXPECT_EQ(service.client->json(Method::kPost, job_path(job.id) + "/rerun", "{}").status, 404);
}

}  // namespace
}  // namespace vat::api

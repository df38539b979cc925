#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using ::testing::StartsWith;
using testing::TestService;

TEST(FileRoutes, ListAndSendFiles) {
  TestService service;
  const Job job = service.completed();
  const json::value files = json::parse(service.client->get(job_path(job.id) + "/files").body);
  ASSERT_EQ(files.at("items").as_array().size(), 1U);
  const std::string url(files.at("items").at(0).at("url").as_string());
  const Reply reply = service.client->get(url);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.body, StartsWith("1\n00:00:00"));
  EXPECT_THAT(reply.header("Content-Disposition"), HasSubstr("attachment; filename=\"talk.srt\""));
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("sandbox"));
  const std::string etag = reply.header("ETag");
  EXPECT_EQ(etag.size(), 66U);
  EXPECT_EQ(service.client->get(url, {{"If-None-Match", etag}}).status, 304);
  const Reply part = service.client->get(url, {{"Range", "bytes=0-1"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "1\n");
  EXPECT_EQ(service.client->get(url, {{"Range", "bytes=999-"}}).status, 416);
  EXPECT_THAT(service.client->get(url + "?download=false").header("Content-Disposition"),
              StartsWith("inline"));
  EXPECT_EQ(service.client->get(url + "?download=maybe").status, 400);
}

TEST(FileRoutes, TakeNamesInUnicodeAndNoPaths) {
  TestService service;
  const Job job = service.queued();
  const Lease lease = service.claim().lease;
  service.add_file(lease, "Gespräch über 100%.txt", "text", "text/plain; charset=utf-8");
  const json::value files = json::parse(service.client->get(job_path(job.id) + "/files").body);
  const std::string url(files.at("items").at(0).at("url").as_string());
  const Reply reply = service.client->get(url);
  EXPECT_EQ(reply.body, "text");
  EXPECT_THAT(reply.header("Content-Disposition"), HasSubstr("filename*=UTF-8''Gespr%C3%A4ch"));
  for (const char* const name : {"other.txt", "..%2f..%2fvat.db", "%2fetc%2fpasswd", ".."})
    EXPECT_EQ(service.client->get(job_path(job.id) + "/files/" + name).status, 404) << name;
}

TEST(FileRoutes, PlayTheRecording) {
  TestService service;
  const Job job = service.queued("Vortrag.mp4");
  Reply reply = service.client->get(job_path(job.id) + "/media");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.body, "media");
  EXPECT_EQ(reply.header("Content-Type"), "video/mp4");
  EXPECT_THAT(reply.header("Content-Disposition"), HasSubstr("inline; filename=\"Vortrag.mp4\""));
  EXPECT_THAT(reply.header("Content-Security-Policy"),
              AllOf(HasSubstr("media-src 'self'"), Not(HasSubstr("sandbox"))));
  reply = service.client->get(job_path(job.id) + "/media?download", {{"Range", "bytes=-2"}});
  EXPECT_EQ(reply.status, 206);
  EXPECT_EQ(reply.body, "ia");
  EXPECT_THAT(reply.header("Content-Disposition"), StartsWith("attachment"));
}

TEST(FileRoutes, SendTheWaveformAndDoNotListIt) {
  TestService service;
  const Job job = service.queued();
  const std::string url = job_path(job.id) + "/waveform";
  const Lease lease = service.claim().lease;
  Reply reply = service.client->get(url);
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr("is drawn while"));
  service.add_file(lease, "waveform-1.dat", "one", "application/octet-stream", "waveform");
  service.add_file(lease, "waveform-10.dat", "ten", "application/octet-stream", "waveform");
  reply = service.client->get(url);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.body, "ten");
  EXPECT_EQ(reply.header("Content-Type"), "application/octet-stream");
  EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("sandbox"));
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(service.client->get(url, {{"If-None-Match", reply.header("ETag")}}).status, 304);
  EXPECT_EQ(service.client->get(url + "?resolution=1", {{"Range", "bytes=1-"}}).body, "ne");
  EXPECT_EQ(service.client->get(url + "?resolution=100").status, 404);
  for (const char* const resolution : {"0", "2", "1000000", "x"})
    EXPECT_EQ(service.client->get(url + "?resolution=" + resolution).status, 400) << resolution;
  EXPECT_THAT(service.client->get(job_path(job.id) + "/files").body, Not(HasSubstr("waveform")));
  EXPECT_THAT(service.client->get(job_path(job.id)).body,
              AllOf(HasSubstr("\"files\":[]"), HasSubstr("\"waveform_url\":\"" + url + "\"")));
}

TEST(FileRoutes, SayWhyThereIsNoWaveform) {
  TestService service;
  const Job job = service.queued();
  ASSERT_TRUE(service.services().queue.save_transcript(service.claim().lease, testing::sample_transcript()));
  EXPECT_THAT(service.client->get(job_path(job.id) + "/waveform").body,
              HasSubstr("transcribed before waveforms were drawn"));
}

TEST(FileRoutes, SendThePicturesAndDoNotListThem) {
  TestService service;
  const Job job = service.completed();
  const std::string path = job_path(job.id);
  Reply reply = service.client->get(path + "/thumbnail");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.body, "seen");
  EXPECT_EQ(reply.header("Content-Type"), "image/jpeg");
  EXPECT_EQ(reply.header("Cache-Control"), "private, no-cache");
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("sandbox"));
  EXPECT_THAT(reply.header("Content-Disposition"), StartsWith("inline"));
  EXPECT_EQ(service.client->get(path + "/thumbnail", {{"If-None-Match", reply.header("ETag")}}).status, 304);
  EXPECT_EQ(service.client->get(path + "/thumbnail?size=160").status, 404) << "this one is missing";
  for (const char* const size : {"0", "161", "6400", "x"})
    EXPECT_EQ(service.client->get(path + "/thumbnail?size=" + size).status, 400) << size;
  reply = service.client->get(path + "/filmstrip");
  EXPECT_EQ(reply.body, "{}");
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(service.client->get(path + "/filmstrip/sheet").body, "moments");
  EXPECT_THAT(service.client->get(path + "/files").body, Not(HasSubstr("jpg")));
  const json::value shown = json::parse(service.client->get(path).body);
  EXPECT_EQ(shown.at("thumbnail_url").as_string(), path + "/thumbnail");
  EXPECT_EQ(shown.at("filmstrip_url").as_string(), path + "/filmstrip");
}

TEST(FileRoutes, SayWhyThereAreNoPictures) {
  TestService service;
  const Job job = service.queued();
  const std::string path = job_path(job.id);
  const json::value shown = json::parse(service.client->get(path).body);
  EXPECT_TRUE(shown.at("thumbnail_url").is_null() && shown.at("filmstrip_url").is_null());
  for (const char* const end : {"/thumbnail", "/filmstrip", "/filmstrip/sheet"}) {
    const Reply reply = service.client->get(path + end);
    EXPECT_EQ(reply.status, 404);
    EXPECT_THAT(reply.body, HasSubstr("made before its recording is transcribed"));
  }
  ASSERT_TRUE(service.services().queue.save_transcript(service.claim().lease, testing::sample_transcript()));
  EXPECT_THAT(service.client->get(path + "/thumbnail").body, HasSubstr("shows nothing that can be decoded"));
}

TEST(FileRoutes, NeverSendARecordingAsAPage) {
  TestService service;
  NewJob job;
  job.user_id = kLocalUserId;
  job.title = "x";
  job.options = "{}";
  job.upload_id = service.upload("evil.html", "<script>", "html");
  const auto made = service.services().jobs.create({job}, {});
  ASSERT_TRUE(made);
  const Reply reply = service.client->get(job_path(made->jobs.front().id) + "/media");
  EXPECT_EQ(reply.header("Content-Type"), "application/octet-stream");
  EXPECT_THAT(reply.header("Content-Disposition"), StartsWith("attachment"));
  EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("sandbox"));
}

TEST(FileRoutes, SayThatAFileIsGone) {
  TestService service;
  const Job job = service.queued("Vortrag.mp4");
  const auto upload = service.services().uploads.get(kLocalUserId, job.upload_id);
  ASSERT_TRUE(upload);
  ASSERT_TRUE(service.services().objects.remove(upload->object_key));
  const Reply reply = service.client->get(job_path(job.id) + "/media");
  EXPECT_EQ(reply.status, 410);
  EXPECT_THAT(reply.body, AllOf(HasSubstr("not_found"), HasSubstr("no longer"), Not(HasSubstr("uploads/"))));
}

}  // namespace
}  // namespace vat::api

// POST /api/v1/jobs, with forms and with JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/intake_service.h"
#include "base/uuid.h"
#include "domain/user.h"
#include "media/testing/make_media.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using testing::field;
using ::testing::HasSubstr;
using testing::IntakeService;
using ::testing::Not;
using testing::Part;
using testing::Reply;

constexpr const char* kJobs = "/api/v1/jobs";

json::object object_of(const Reply& reply) {
  json::error_code error;
  const json::value value = json::parse(reply.body, error);
  EXPECT_FALSE(error) << reply.body;
  return value.is_object() ? value.get_object() : json::object();
}
std::string text(const json::object& from, const char* name) {
  return from.contains(name) && from.at(name).is_string() ? json::value_to<std::string>(from.at(name)) : "";
}
json::object job(const Reply& reply, std::size_t at = 0) {
  const json::object all = object_of(reply);
  if (!all.contains("items") || all.at("items").get_array().size() <= at) {
    ADD_FAILURE() << reply.status << " " << reply.body;
    return {};
  }
  return all.at("items").get_array().at(at).get_object();
}
std::string refusal(const Reply& reply) {
  const json::object problem = object_of(reply);
  return std::to_string(reply.status) + " " + text(problem, "field") + ": " + text(problem, "detail");
}
Part file(std::string content, std::string name = "talk.wav") {
  return {.name = "file", .content = std::move(content), .filename = std::move(name)};
}

TEST(CreateJobs, AFileInAFormBecomesAJob) {
  IntakeService service;
  const Reply reply = service.form(kJobs, {file(service.recording())});
  ASSERT_EQ(reply.status, 202) << reply.body;
  const json::object made = job(reply);
  EXPECT_EQ(reply.header("Location"), "/api/v1/jobs/" + text(made, "id"));
  EXPECT_EQ(text(made, "title"), "talk.wav");
  EXPECT_EQ(text(made, "state"), "queued");
  const auto claimed = service.services().queue.claim({.worker = "test"}).value();
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->job.id, text(made, "id"));
  const auto stored = service.services().objects.get(claimed->upload_key).value();
  EXPECT_EQ(read_file(stored.path, 1U << 20U).value(), service.recording());
  EXPECT_EQ(service.staged_files(), 0U);
}

TEST(CreateJobs, OptionsMayComeInAnyOrderAroundTheFiles) {
  IntakeService service;
  const Reply reply = service.form(
      kJobs, {field("priority", "7"), field("language", "german"), file(service.recording(440), "a.wav"),
              field("formats", "srt,vtt"), file(service.recording(880), "b.wav"), field("title", "Both"),
              field("options", R"({"speech":true,"language":"fr"})"),
              field("webhook_url", "https://example.com/hook")});
  ASSERT_EQ(reply.status, 202) << reply.body;
  for (const std::size_t at : {0U, 1U}) {
    const json::object made = job(reply, at);
    EXPECT_EQ(text(made, "title"), "Both");
    EXPECT_EQ(made.at("priority").as_int64(), 7);
    const json::object& options = made.at("options").get_object();
    EXPECT_EQ(text(options, "language"), "de");
    EXPECT_EQ(json::serialize(options.at("formats")), R"(["srt","vtt"])");
    EXPECT_TRUE(options.at("speech").get_bool());
    EXPECT_EQ(text(made, "webhook_url"), "https://example.com/hook");
  }
  EXPECT_EQ(service.stored_files(), 2U);
}

TEST(CreateJobs, WhatIsWrongIsNamedByItsField) {
  IntakeService service;
  const std::string wav = service.recording();
  const auto refused = [&](const Part& part) { return refusal(service.form(kJobs, {file(wav), part})); };
  EXPECT_EQ(refused(field("langage", "de")),
            "400 langage: There is no field \"langage\" in this form; did you mean language?");
  EXPECT_THAT(refused(field("language", "klingon")), HasSubstr("400 language: "));
  EXPECT_THAT(refused(field("priority", "11")), HasSubstr("400 priority: "));
  EXPECT_THAT(refused(field("priority", "high")), HasSubstr("400 priority: "));
  EXPECT_THAT(refused(field("webhook_url", "ftp://example.com")), HasSubstr("400 webhook_url: "));
  EXPECT_THAT(refused(field("options", "[]")), HasSubstr("400 options: "));
  EXPECT_THAT(refused(field("options", R"({"beam_size":99})")), HasSubstr("400 options.beam_size: "));
  EXPECT_THAT(refused(field("model", "bsae")), HasSubstr("400 model: "));
  EXPECT_THAT(refused(field("model", "bsae")), HasSubstr("base"));
  EXPECT_THAT(refused(field("title", "\xFF")), HasSubstr("400 title: "));
  EXPECT_THAT(refused({.name = "recording", .content = wav, .filename = "b.wav"}),
              HasSubstr("400 recording: "));
  EXPECT_THAT(refusal(service.form(kJobs, {field("language", "de")})), HasSubstr("400 file: "));
  EXPECT_THAT(refusal(service.form(kJobs, {file("", "")})), HasSubstr("400 file: "));
  EXPECT_THAT(refusal(service.form(kJobs, {file(wav), field("speed", "2"), field("speed", "3")})),
              HasSubstr("400 speed: "));
  EXPECT_THAT(
      refusal(service.form(kJobs, {file(wav), field("speech", "true"), field("speech_engine", "google")})),
      HasSubstr("400 speech_engine: "));
  EXPECT_TRUE(service.jobs().empty());
  EXPECT_EQ(service.stored_files() + service.staged_files(), 0U);
}

TEST(CreateJobs, AFieldThatIsUnknownIsRefusedBeforeTheFileComes) {
  IntakeService service;
  // The body ends in the middle of the file, which is not read.
  const std::string body =
      "--x\r\nContent-Disposition: form-data; name=\"colour\"\r\n\r\nred\r\n"
      "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF";
  const Reply reply = service.client().send(Method::kPost, kJobs, body,
                                            {{"Content-Type", "multipart/form-data; boundary=x"}});
  EXPECT_THAT(refusal(reply), HasSubstr("400 colour: "));
}

TEST(CreateJobs, WhatIsNoRecordingIsRefusedByItsLabel) {
  IntakeService service;
  const Reply text_file = service.form(kJobs, {file("Hello, this must be a string.", "../../notes.txt")});
  EXPECT_EQ(text_file.status, 422);
  EXPECT_THAT(text_file.body, HasSubstr("notes.txt"));
  EXPECT_THAT(text_file.body, Not(HasSubstr("staging")));
  EXPECT_THAT(text_file.body, Not(HasSubstr(service.path("").string())));
  EXPECT_THAT(service.form(kJobs, {file("", "empty.wav")}).body, HasSubstr("empty.wav is empty"));

  ASSERT_TRUE(media::testing::write_media(
      service.path("silent.mkv"),
      {.container = "matroska", .seconds = 1, .sound = {}, .picture = media::testing::PictureSpec{}}));
  const Reply silent =
      service.form(kJobs, {file(read_file(service.path("silent.mkv"), 1U << 20U).value(), "silent.mkv")});
  EXPECT_EQ(silent.status, 422);
  EXPECT_EQ(text(object_of(silent), "code"), "no_audio");
  EXPECT_EQ(service.stored_files() + service.staged_files(), 0U);
}

TEST(CreateJobs, OneBadFileMakesNoJobOfTheOthers) {
  IntakeService service;
  const Reply reply = service.form(kJobs, {file(service.recording()), file("no media", "b.wav")});
  EXPECT_EQ(reply.status, 422);
  EXPECT_TRUE(service.jobs().empty());
  EXPECT_EQ(service.stored_files() + service.staged_files(), 0U);
}

TEST(CreateJobs, ABrokenFormLeavesNothing) {
  IntakeService service;
  std::string body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n";
  body += service.recording();
  const auto send = [&](const std::string& sent) {
    return service.client().send(Method::kPost, kJobs, sent,
                                 {{"Content-Type", "multipart/form-data; boundary=x"}});
  };
  EXPECT_EQ(send(body).status, 400);
  EXPECT_EQ(send("").status, 400);
  EXPECT_EQ(send("--y--").status, 400);
  EXPECT_EQ(
      service.client().send(Method::kPost, kJobs, body, {{"Content-Type", "multipart/form-data"}}).status,
      400);
  EXPECT_EQ(service.client().send(Method::kPost, kJobs, body, {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(service.client().send(Method::kPost, kJobs, body).status, 415);
  EXPECT_EQ(service.stored_files() + service.staged_files(), 0U);
}

TEST(CreateJobs, LimitsAreKept) {
  IntakeService service({.max_upload_bytes = 20'000, .max_files_per_request = 2});
  ASSERT_TRUE(service.services().quotas.set_own(kLocalUserId, {.waiting_jobs = 3}));
  const std::string wav = service.recording();
  ASSERT_LT(wav.size(), 20'000U);
  const Reply large = service.form(kJobs, {file(std::string(20'001, 'x'))});
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(text(object_of(large), "field"), "file");
  EXPECT_EQ(service.form(kJobs, {file(wav), file(wav), file(wav)}).status, 413);
  EXPECT_EQ(service.form(kJobs, {file(wav), file(wav)}).status, 202);
  const Reply many = service.form(kJobs, {file(wav), file(wav)});
  EXPECT_EQ(many.status, 429);
  EXPECT_NE(many.header("Retry-After"), "");
  EXPECT_EQ(service.jobs().size(), 2U);
  EXPECT_EQ(service.stored_files(), 1U);
  EXPECT_EQ(service.staged_files(), 0U);
}

TEST(CreateJobs, TheDisksReserveIsNotUsed) {
  IntakeService service({.reserved_disk_bytes = 1ULL << 60U});
  const Reply reply = service.form(kJobs, {file(service.recording())});
  EXPECT_EQ(reply.status, 507);
  EXPECT_EQ(text(object_of(reply), "code"), "disk_full");
  EXPECT_EQ(service.staged_files(), 0U);
}

TEST(CreateJobs, NothingIsStoredOverTheQuota) {
  IntakeService service;
  const std::string wav = service.recording();
  ASSERT_TRUE(service.services().quotas.set_own(kLocalUserId, {.stored_bytes = wav.size() * 3 / 2}));
  EXPECT_EQ(service.form(kJobs, {file(wav)}).status, 202);
  const Reply full = service.form(kJobs, {file(service.recording(880))});
  EXPECT_EQ(full.status, 507) << full.body;
  EXPECT_EQ(text(object_of(full), "code"), "disk_full");
  EXPECT_EQ(service.jobs().size(), 1U);
  EXPECT_EQ(service.stored_files(), 1U);
  EXPECT_EQ(service.staged_files(), 0U);
  EXPECT_EQ(service.tus(Method::kPost, "/api/v1/uploads", {{"Upload-Length", "1000000"}}, "").status, 507);
}

TEST(CreateJobs, TheSameContentIsStoredOnce) {
  IntakeService service;
  const std::string wav = service.recording();
  const std::string first = text(job(service.form(kJobs, {file(wav, "a.wav")})), "id");
  const std::string second = text(job(service.form(kJobs, {file(wav, "b.wav")})), "id");
  EXPECT_NE(first, second);
  EXPECT_EQ(service.stored_files(), 1U);
  EXPECT_EQ(service.client().send(Method::kDelete, "/api/v1/jobs/" + first).status, 204);
  EXPECT_EQ(service.stored_files(), 1U);
  EXPECT_EQ(service.client().send(Method::kDelete, "/api/v1/jobs/" + second).status, 204);
  EXPECT_EQ(service.stored_files(), 0U);
}

TEST(CreateJobs, AnIdempotencyKeyMakesTheJobsOnce) {
  IntakeService service;
  const std::string wav = service.recording();
  const HttpHeaders key = {{"Idempotency-Key", "abc"}};
  const Reply first = service.form(kJobs, {file(wav), file(service.recording(880))}, key);
  const Reply again = service.form(kJobs, {file(wav), file(service.recording(880))}, key);
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(first.header("Idempotency-Replayed"), "");
  EXPECT_EQ(text(job(first), "id"), text(job(again), "id"));
  EXPECT_EQ(text(job(first, 1), "id"), text(job(again, 1), "id"));
  const Reply other = service.form(kJobs, {file(wav)}, key);
  EXPECT_EQ(other.status, 409) << other.body;
  EXPECT_EQ(
      service.form(kJobs, {file(wav), file(service.recording(880)), field("language", "de")}, key).status,
      409);
  EXPECT_EQ(service.form(kJobs, {file(wav)}, {{"Idempotency-Key", std::string(256, 'k')}}).status, 400);
  EXPECT_EQ(service.jobs().size(), 2U);
  EXPECT_EQ(service.stored_files(), 2U);
}

TEST(CreateJobs, AnUploadBecomesJobsByJson) {
  IntakeService service;
  const Reply upload = service.client().send(Method::kPut, "/api/v1/uploads?filename=C:%5Cfilms%5Ctalk.wav",
                                             service.recording());
  ASSERT_EQ(upload.status, 201) << upload.body;
  const std::string id = text(object_of(upload), "id");
  EXPECT_EQ(upload.header("Location"), "/api/v1/uploads/" + id);
  EXPECT_EQ(text(object_of(upload), "filename"), "talk.wav");
  EXPECT_EQ(text(object_of(upload), "state"), "complete");
  EXPECT_EQ(object_of(upload).at("media").get_object().at("audio_tracks").as_int64(), 1);
  EXPECT_EQ(service.client().get("/api/v1/uploads/" + id).body, upload.body);

  const auto create = [&](const std::string& body, HttpHeaders headers = {}) {
    return service.client().json(Method::kPost, kJobs, body, std::move(headers));
  };
  const Reply made = create(R"({"upload_id":")" + id + R"(","options":{"language":"en"},"priority":-3})");
  ASSERT_EQ(made.status, 202) << made.body;
  EXPECT_EQ(text(job(made), "upload_id"), id);
  EXPECT_EQ(text(job(made), "title"), "talk.wav");
  const HttpHeaders key = {{"Idempotency-Key", "k"}};
  EXPECT_EQ(text(job(create(R"({"upload_id":")" + id + R"("})", key)), "id"),
            text(job(create(R"({"upload_id":")" + id + R"("})", key)), "id"));
  EXPECT_EQ(service.jobs().size(), 2U);

  EXPECT_EQ(service.client().send(Method::kDelete, "/api/v1/uploads/" + id).status, 409);
  EXPECT_EQ(refusal(create("{}")), "400 upload_id: Name the recording by either upload_id or url.");
  EXPECT_THAT(refusal(create(R"({"upload_id":")" + make_uuid() + R"("})")), HasSubstr("404 upload_id: "));
  EXPECT_THAT(refusal(create(R"({"upload_id":"../../x"})")), HasSubstr("404 upload_id: "));
  EXPECT_THAT(refusal(create(R"({"upload_id":")" + id + R"(","colour":1})")), HasSubstr("400 colour: "));
  EXPECT_EQ(create("{").status, 400);
}

TEST(PutUpload, KeepsNothingOfWhatItRefuses) {
  IntakeService service({.max_upload_bytes = 20'000});
  const auto put = [&](std::string body, HttpHeaders headers = {}) {
    return service.client().send(Method::kPut, "/api/v1/uploads?filename=a.wav", std::move(body),
                                 std::move(headers));
  };
  EXPECT_EQ(put("no media").status, 422);
  EXPECT_EQ(put("").status, 422);
  EXPECT_EQ(put(std::string(20'001, 'x')).status, 413);
  EXPECT_EQ(put("x", {{"Content-Type", "multipart/form-data; boundary=x"}}).status, 415);
  EXPECT_EQ(service.stored_files() + service.staged_files(), 0U);
  EXPECT_EQ(service.client().get("/api/v1/uploads/" + make_uuid()).status, 404);
}

TEST(CreateJobs, ALinkBecomesAJobThatFetchesIt) {
  IntakeService service;
  service.services().fetches_links = true;
  const Reply reply = service.client().json(
      Method::kPost, kJobs,
      R"({"url":"https://example.com/a/Gr\u00fc\u00dfe.mp4?x=1#t=5","options":{"language":"de"}})");
  ASSERT_EQ(reply.status, 202) << reply.body;
  const json::object made = job(reply);
  EXPECT_EQ(text(made, "source_url"), "https://example.com/a/Gr%C3%BC%C3%9Fe.mp4?x=1");
  EXPECT_EQ(text(made, "title"),
            "Gr\xC3\xBC\xC3\x9F"
            "e.mp4");
  EXPECT_EQ(text(made, "stage"), "fetch");
  EXPECT_EQ(made.at("percent").to_number<double>(), 0);
  EXPECT_EQ(service.services().queue.claim({.worker = "test"}).value()->job.source_url,
            text(made, "source_url"));
  const Reply titled =
      service.client().json(Method::kPost, kJobs, R"({"url":"https://example.com/","title":"My talk"})");
  EXPECT_EQ(text(job(titled), "title"), "My talk");
  EXPECT_EQ(service.stored_files() + service.staged_files(), 0U);
}

TEST(CreateJobs, ALinkThatMayNotBeFetchedIsRefused) {
  IntakeService service;
  const auto refused = [&](const std::string& body) {
    return refusal(service.client().json(Method::kPost, kJobs, body));
  };
  EXPECT_EQ(refused(R"({"url":"https://example.com/a.mp4"})"),
            "503 : This service does not fetch recordings from links.");
  service.services().fetches_links = true;
  // The rules are those of webhooks, whose tests have the list of tricks.
  EXPECT_EQ(refused(R"({"url":"http://169.254.169.254/latest"})"),
            "403 url: The URL of a link may not be on a private network.");
  for (const char* url : {"http://127.1/a.mp4", "http://[::ffff:10.0.0.1]/a.mp4",
                          "http://localhost:8000/a.mp4", "http://0x7f000001/", "http://nas/a.mp4"})
    EXPECT_THAT(refused(std::string(R"({"url":")") + url + "\"}"), HasSubstr("403 url: ")) << url;
  for (const char* url :
       {"ftp://example.com/a.mp4", "file:///etc/passwd", "example.com/a.mp4", "a.mp4", "https://",
        "https://me:secret@example.com/a.mp4", "http://example.com@10.0.0.1/", "#"})
    EXPECT_EQ(refused(std::string(R"({"url":")") + url + "\"}"),
              "400 url: A link must be an http or https URL of at most 8192 characters, without a user name.")
        << url;
  EXPECT_EQ(refused("{}"), "400 upload_id: Name the recording by either upload_id or url.");
  EXPECT_EQ(refused(R"({"url":"https://example.com/a.mp4","upload_id":")" + make_uuid() + "\"}"),
            "400 url: Name the recording by either upload_id or url.");
  EXPECT_TRUE(service.jobs().empty());
  service.services().allow_private_links = true;
  EXPECT_EQ(service.client().json(Method::kPost, kJobs, R"({"url":"http://nas/a.mp4"})").status, 202);
}

TEST(CreateJobs, ALinkThatWasNotFetchedIsFetchedByARerun) {
  IntakeService service;
  service.services().fetches_links = true;
  const json::object first =
      job(service.client().json(Method::kPost, kJobs, R"({"url":"https://example.com/a.mp4"})"));
  const Reply again =
      service.client().json(Method::kPost, std::string(kJobs) + "/" + text(first, "id") + "/rerun", "{}");
  ASSERT_EQ(again.status, 202) << again.body;
  EXPECT_EQ(text(object_of(again), "source_url"), "https://example.com/a.mp4");
  EXPECT_NE(text(object_of(again), "upload_id"), text(first, "upload_id"));
}

TEST(CreateJobs, AnUploadThatIsFetchedBelongsToItsJob) {
  IntakeService service;
  service.services().fetches_links = true;
  const json::object made =
      job(service.client().json(Method::kPost, kJobs, R"({"url":"https://example.com/a.mp4"})"));
  const std::string upload = "/api/v1/uploads/" + text(made, "upload_id");
  EXPECT_EQ(service.tus(Method::kPatch, upload, {{"Upload-Offset", "0"}}, "mine").status, 403);
  EXPECT_EQ(service.tus(Method::kDelete, upload, {}).status, 409);
  EXPECT_EQ(refusal(service.client().json(Method::kPost, kJobs,
                                          R"({"upload_id":")" + text(made, "upload_id") + "\"}")),
            "409 upload_id: The upload is not complete: 0 bytes have been received.");
  EXPECT_EQ(service.client().get(std::string(kJobs) + "/" + text(made, "id") + "/media").status, 404);
  EXPECT_EQ(service.client().send(Method::kDelete, std::string(kJobs) + "/" + text(made, "id")).status, 204);
  EXPECT_EQ(service.client().get(upload).status, 404);
  EXPECT_EQ(service.staged_files(), 0U);
}

}  // namespace
}  // namespace vat::api

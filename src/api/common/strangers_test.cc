// To other users, a user's things do not exist.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"
#include "api/uploads/upload_json.h"
#include "base/file.h"
#include "base/uuid.h"
#include "domain/object_store.h"
#include "domain/user.h"
#include "uploads/staged_file.h"

namespace vat::api {
namespace {

using http::Method;
using testing::Reply;
using testing::TestService;

constexpr const char* kJobsPath = "/api/v1/jobs";
constexpr const char* kUploadsPath = "/api/v1/uploads";
constexpr const char* kHalf = "half ";

/// Everything that a client sees of a response.
std::string seen(const Reply& reply) {
  std::string all = std::to_string(reply.status) + "\n";
  for (const auto& [name, value] : reply.headers) all += name + ": " + value + "\n";
  return all + "\n" + reply.body;
}

/// The uploads are the local user's; requests come from another user unless stated otherwise.
class Strangers : public ::testing::Test {
 protected:
  /// An upload of `size` bytes, of which kHalf have arrived.
  std::string receiving(std::size_t size, bool partial) {
    Upload upload;
    upload.id = make_uuid();
    upload.user_id = kLocalUserId;
    upload.filename = "talk.wav";
    upload.size = size;
    upload.partial = partial;
    EXPECT_TRUE(service.services().uploads.create(upload));
    auto file = uploads::StagedFile::open_resumable(service.services().objects.staging(), upload.id);
    EXPECT_TRUE(file && *file && (*file)->append(kHalf));
    return upload.id;
  }
  Reply ask(Method method, const std::string& target, HttpHeaders headers, std::string body = {}) {
    headers.insert(headers.end(), stranger.begin(), stranger.end());
    return service.client->send(method, target, std::move(body), std::move(headers));
  }
  Reply ask_json(Method method, const std::string& target, std::string body, HttpHeaders headers = {}) {
    headers.emplace_back("Content-Type", "application/json");
    return ask(method, target, std::move(headers), std::move(body));
  }
  static std::string job_of(const std::string& upload_id) {
    return R"({"upload_id":")" + upload_id + R"("})";
  }
  static HttpHeaders whole_of(const std::string& part) {
    return {{"Tus-Resumable", "1.0.0"}, {"Upload-Concat", "final;" + upload_path(part)}};
  }
  /// What the owner sees of the upload, and the bytes received so far.
  std::string standing(const std::string& id) {
    const HttpHeaders tus = {{"Tus-Resumable", "1.0.0"}};
    ObjectStore& objects = service.services().objects;
    const Upload upload = service.services().uploads.get(kLocalUserId, id).value();
    const auto path = upload.state == UploadState::kComplete ? objects.get(upload.object_key).value().path
                                                             : uploads::resumable_path(objects.staging(), id);
    return seen(service.client->get(upload_path(id))) +
           seen(service.client->send(Method::kHead, upload_path(id), {}, tus)) +
           read_file(path, 1000).value();
  }

  TestService service;
  const HttpHeaders stranger = service.other_user();
  const std::string complete = service.upload();
  const std::string half = receiving(10, false);
  const std::string part = receiving(std::string(kHalf).size(), true);
  const std::vector<std::string> all = {complete, half, part};
};

TEST_F(Strangers, NeitherSeeNorTouchAnUpload) {
  struct Question {
    Method method;
    HttpHeaders headers;
    std::string body;
  };
  const HttpHeaders::value_type tus = {"Tus-Resumable", "1.0.0"};
  const HttpHeaders::value_type type = {"Content-Type", "application/offset+octet-stream"};
  const std::string offset = std::to_string(std::string(kHalf).size());
  const std::vector<Question> questions = {
      {Method::kGet, {}, ""},
      {Method::kHead, {tus}, ""},
      {Method::kHead, {}, ""},
      {Method::kPatch, {tus, type, {"Upload-Offset", offset}}, "more!"},
      {Method::kPatch, {tus, type, {"Upload-Offset", "0"}, {"Upload-Length", "5"}}, "other"},
      {Method::kDelete, {tus}, ""},
      {Method::kDelete, {}, ""},
      {Method::kPost, {tus, {"X-HTTP-Method-Override", "HEAD"}}, ""},
      {Method::kPost, {tus, type, {"X-HTTP-Method-Override", "PATCH"}, {"Upload-Offset", offset}}, "more!"},
      {Method::kPost, {tus, {"X-HTTP-Method-Override", "DELETE"}}, ""}};
  for (const std::string& id : all) {
    const std::string before = standing(id);
    for (std::size_t at = 0; at < questions.size(); ++at) {
      const auto& [method, headers, body] = questions.at(at);
      const Reply unknown = ask(method, upload_path(make_uuid()), headers, body);
      EXPECT_EQ(unknown.status, 404) << "question " << at << ": " << unknown.body;
      EXPECT_EQ(seen(ask(method, upload_path(id), headers, body)), seen(unknown)) << "question " << at;
    }
    EXPECT_EQ(standing(id), before);
    EXPECT_EQ(service.client->send(Method::kDelete, upload_path(id)).status, 204) << "by its owner";
  }
}

TEST_F(Strangers, LearnNothingFromALockedUpload) {
  const auto writing = uploads::StagedFile::open_resumable(service.services().objects.staging(), half);
  ASSERT_TRUE(writing && *writing);
  const HttpHeaders tus = {{"Tus-Resumable", "1.0.0"}};
  EXPECT_EQ(service.client->send(Method::kDelete, upload_path(half), {}, tus).status, 409);
  EXPECT_EQ(seen(ask(Method::kDelete, upload_path(half), tus)),
            seen(ask(Method::kDelete, upload_path(make_uuid()), tus)));
}

TEST_F(Strangers, MakeNoWholeOfAPart) {
  const Reply unknown = ask(Method::kPost, kUploadsPath, whole_of(make_uuid()));
  EXPECT_EQ(unknown.status, 400) << unknown.body;
  for (const std::string& id : all) {
    const std::string before = standing(id);
    EXPECT_EQ(seen(ask(Method::kPost, kUploadsPath, whole_of(id))), seen(unknown));
    EXPECT_EQ(standing(id), before);
  }
  // The owner's part is accepted; it merely is not a recording.
  const Reply own = service.client->send(Method::kPost, kUploadsPath, {}, whole_of(part));
  EXPECT_NE(own.status, 400) << own.body;
}

TEST_F(Strangers, MakeNoJobOfAnUpload) {
  const Reply unknown = ask_json(Method::kPost, kJobsPath, job_of(make_uuid()));
  EXPECT_EQ(unknown.status, 404) << unknown.body;
  for (const std::string& id : all) {
    const std::string before = standing(id);
    EXPECT_EQ(seen(ask_json(Method::kPost, kJobsPath, job_of(id))), seen(unknown));
    EXPECT_EQ(standing(id), before);
  }
  EXPECT_EQ(service.client->json(Method::kPost, kJobsPath, job_of(complete)).status, 202);
}

/// Ids begin with their time, which may be known; whoever changes any digit of one finds nothing.
TEST_F(Strangers, FindNothingBesideAnId) {
  const Job job = service.completed();
  ASSERT_EQ(service.client->get(job_path(job.id)).status, 200);
  for (std::size_t at = 0; at < job.id.size(); ++at) {
    std::string guess = job.id;
    if (guess[at] == '-') continue;
    guess[at] = guess[at] == 'a' ? 'b' : 'a';
    EXPECT_EQ(service.client->get(job_path(guess)).status, 404) << guess;
  }
}

TEST_F(Strangers, FindNoKeyBesideOne) {
  const HttpHeaders user = service.other_user();
  ASSERT_EQ(service.client->get("/api/v1/me", user).status, 200);
  for (std::size_t at = std::string("Bearer ").size(); at < user.front().second.size(); ++at) {
    HttpHeaders guess = user;
    char& letter = guess.front().second[at];
    letter = letter == 'A' ? 'B' : 'A';
    EXPECT_EQ(service.client->get("/api/v1/me", guess).status, 401) << at;
  }
}

TEST_F(Strangers, ChangeNoTranscript) {
  const auto address = [](const std::string& job_id) { return job_path(job_id) + "/transcript"; };
  const Job job = service.completed();
  const std::string before = seen(service.client->get(address(job.id)));
  for (const char* const revision : {"*", "\"1\"", "\"9\""}) {
    for (const char* const edit : {R"({"segments":[{"start":0,"end":2,"text":"Mine now"}]})", "{"}) {
      const HttpHeaders match = {{"If-Match", revision}};
      const Reply unknown = ask_json(Method::kPut, address(make_uuid()), edit, match);
      EXPECT_EQ(unknown.status, 404) << unknown.body;
      EXPECT_EQ(seen(ask_json(Method::kPut, address(job.id), edit, match)), seen(unknown)) << revision;
    }
  }
  EXPECT_EQ(seen(service.client->get(address(job.id))), before);
}

}  // namespace
}  // namespace vat::api

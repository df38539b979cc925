// Jobs whose recording is fetched from a link.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <atomic>

#include "base/file.h"
#include "domain/user.h"
#include "net/testing/http_test_server.h"
#include "uploads/resumable.h"
#include "uploads/staged_file.h"
#include "worker/testing/test_service.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX wants it declared

namespace vat::worker {
namespace {

using std::chrono::milliseconds;
using test_server::HttpTestServer;
using test_server::Reply;
using test_server::serve_file;
using test_server::ServedRequest;
using ::testing::HasSubstr;
using ::testing::Not;

class LinkTest : public ::testing::Test {
 protected:
  LinkTest() {
    const auto path = folder_.path() / "numbers.wav";
    testing::write_numbered_recording(path, Millis(20'000), 7);
    recording_ = read_file(path, 100'000'000).value();
  }
  [[nodiscard]] testing::TestService make_service(QueueLimits limits = {}) const {
    return testing::TestService({.folder = folder_.path(), .limits = limits});
  }
  static WorkerOptions options() {
    return {.name = "test:1", .lease = milliseconds(30'000), .poll = milliseconds(50)};
  }
  /// The recording with an ETag, as long as `stalls` does not hold up what is behind its half.
  Reply serve(const ServedRequest& request) {
    Reply reply = serve_file(request, recording_, "\"v1\"");
    reply.headers.emplace_back("Content-Disposition", "attachment; filename=\"The talk.wav\"");
    if (stalls_) {
      reply.close_after = std::min(reply.body.size(), recording_.size() / 2);
      reply.stall = true;
    }
    return reply;
  }
  /// Half of it has arrived.
  static std::function<bool(const Job&)> has_begun_now(const Worker& worker) {
    return [&worker](const Job& job) {
      const auto live = worker.live_progress(job.id);
      return live && live->stage == Stage::kFetch && live->fraction > 0.4;
    };
  }
  std::string stored(const testing::TestService& service, const Job& job) {
    const auto upload = service.uploads().get(kLocalUserId, job.upload_id).value();
    return read_file(service.objects().get(upload.object_key).value().path, 100'000'000).value();
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  std::string recording_;
  std::atomic<bool> stalls_ = false;
  HttpTestServer server_{[this](const ServedRequest& request) { return serve(request); }};
};

TEST_F(LinkTest, ALinkBecomesATranscript) {
  auto service = make_service();
  const Job made =
      service.create_of_link(server_.url("/download?id=3"), "download", R"({"formats":["txt"]})");
  EXPECT_EQ(made.progress.stage, Stage::kFetch);
  Worker worker(service.services(), options());
  worker.start();
  const Job job = service.wait_for_end(made.id);
  ASSERT_EQ(job.state, JobState::kCompleted) << job.failure->message;
  EXPECT_EQ(job.title, "The talk.wav") << "as its server calls it";
  EXPECT_EQ(job.duration, Millis(20'000));
  EXPECT_EQ(service.files(job.id).at(0).first, "The talk.txt");
  EXPECT_EQ(stored(service, job), recording_);
  const Upload upload = service.uploads().get(kLocalUserId, job.upload_id).value();
  EXPECT_EQ(upload.filename, "The talk.wav");
  EXPECT_EQ(upload.media.audio_tracks, 1);
  EXPECT_FALSE(upload.expires_at);
  worker.stop(milliseconds(0));
  EXPECT_EQ(service.staged_files(), 0U);
}

TEST_F(LinkTest, ATitleThatItsUserGaveStays) {
  auto service = make_service();
  const Job made = service.create_of_link(server_.url("/download"), "My talk", R"({"formats":["txt"]})");
  Worker worker(service.services(), options());
  worker.start();
  const Job job = service.wait_for_end(made.id);
  ASSERT_EQ(job.state, JobState::kCompleted) << job.failure->message;
  EXPECT_EQ(job.title, "My talk");
  EXPECT_EQ(service.files(job.id).at(0).first, "My talk.txt");
}

TEST_F(LinkTest, EachFailureIsOneSentenceOfTheStageFetch) {
  auto service = make_service();
  const HttpTestServer other([](const ServedRequest& request) {
    if (request.target == "/page") return Reply{.body = "<!doctype html><title>A page</title>"};
    if (request.target == "/text") return Reply{.body = "This is a text and no recording."};
    if (request.target == "/inside")
      return Reply{.status = 302, .headers = {{"Location", "http://127.0.0.2/"}}};
    return Reply{.status = 404};
  });
  Worker worker(service.services(), options());
  worker.start();
  const auto failure = [&](const std::string& path) {
    const Job job = service.wait_for_end(service.create_of_link(other.url(path), "a.mp4", "{}").id);
    EXPECT_EQ(job.state, JobState::kFailed);
    EXPECT_EQ(job.attempt, 1);
    EXPECT_EQ(job.failure->stage, Stage::kFetch);
    return std::string(traits(job.failure->code).name) + ": " + job.failure->message;
  };
  const std::string host = "127.0.0.1:" + std::to_string(other.port());
  EXPECT_EQ(failure("/gone.mp4"), "not_found: " + host + " has no such file (HTTP 404).");
  EXPECT_EQ(failure("/page"), "bad_media: " + host +
                                  " sent a web page, not a recording; use the link of the recording itself.");
  EXPECT_EQ(failure("/inside"),
            "invalid_argument: 127.0.0.2 is not a public internet address; only those are allowed.");
  const std::string text = failure("/text");
  EXPECT_THAT(text, HasSubstr("bad_media: text "));
  EXPECT_THAT(text, Not(HasSubstr(folder_.path().string())));
  EXPECT_EQ(service.staged_files() + service.stored_files(), 0U);
}

TEST_F(LinkTest, ACancelledJobContinuesWhenItIsRetried) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  stalls_ = true;
  const Job made = service.create_of_link(server_.url("/a.wav"), "a.wav", R"({"formats":["txt"]})");
  (void)service.wait_for(made.id, has_begun_now(worker));
  ASSERT_TRUE(service.jobs().cancel(kLocalUserId, made.id));
  EXPECT_EQ(service.wait_for_end(made.id).state, JobState::kCancelled);
  stalls_ = false;
  worker.stop(milliseconds(10'000));
  Worker next(service.services(), options());
  next.start();
  ASSERT_TRUE(service.jobs().retry(kLocalUserId, made.id));
  const Job job = service.wait_for_end(made.id);
  ASSERT_EQ(job.state, JobState::kCompleted) << job.failure->message;
  EXPECT_EQ(server_.requests().back().header("Range"),
            "bytes=" + std::to_string(recording_.size() / 2) + "-");
  EXPECT_EQ(stored(service, job), recording_);
}

TEST_F(LinkTest, OfADeletedJobNothingStays) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  stalls_ = true;
  const Job made = service.create_of_link(server_.url("/a.wav"), "a.wav", "{}");
  (void)service.wait_for(made.id, has_begun_now(worker));
  ASSERT_TRUE(service.jobs().cancel(kLocalUserId, made.id));
  ASSERT_TRUE(service.jobs().remove(kLocalUserId, made.id));
  uploads::discard_bytes(service.intake(), made.upload_id);
  worker.stop(milliseconds(10'000));
  EXPECT_EQ(service.staged_files(), 0U);
}

TEST_F(LinkTest, WhatIsBeingFetchedTakesNoBytesAndIsNotRemoved) {
  auto service = make_service();
  const Job made = service.create_of_link(server_.url("/a.wav"), "a.wav", "{}");
  const Upload upload = service.uploads().get(kLocalUserId, made.upload_id).value();
  EXPECT_TRUE(uploads::is_fetched(upload));
  EXPECT_EQ(uploads::terminate(service.intake(), kLocalUserId, upload.id).error().code, ErrorCode::kExists);
}

TEST_F(LinkTest, AProgramThatKnowsThePageNamesTheFile) {
  const auto program = folder_.path() / "pages";
  ASSERT_TRUE(write_file_atomically(program,
                                    "#!/bin/sh\necho 'vat-link {\"url\":\"" + server_.url("/cdn") +
                                        "\",\"title\":\"A lecture\",\"ext\":\"wav\"}'\n",
                                    Overwrite::kReplace));
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  auto service = make_service();
  service.links().page_program.name = program.string();
  Worker worker(service.services(), options());
  worker.start();
  const Job job = service.wait_for_end(
      service.create_of_link("https://media.example.com/watch?v=1", "watch", R"({"formats":["txt"]})").id);
  ASSERT_EQ(job.state, JobState::kCompleted) << job.failure->message;
  EXPECT_EQ(job.title, "A lecture.wav");
  EXPECT_EQ(job.source_url, "https://media.example.com/watch?v=1");
  EXPECT_EQ(stored(service, job), recording_);
  // What it answers is fetched by the same rules.
  ASSERT_TRUE(write_file_atomically(program, "#!/bin/sh\necho 'vat-link {\"url\":\"http://127.0.0.2/\"}'\n",
                                    Overwrite::kReplace));
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const Job bad = service.wait_for_end(service.create_of_link("https://media.example.com/2", "2", "{}").id);
  EXPECT_EQ(bad.failure->code, ErrorCode::kInvalidArgument);
}

TEST_F(LinkTest, WhereLinksAreNotFetchedTheJobFails) {
  auto service = make_service();
  WorkerServices without = service.services();
  without.links = nullptr;
  Worker worker(without, options());
  worker.start();
  const Job job = service.wait_for_end(service.create_of_link(server_.url("/a.wav"), "a.wav", "{}").id);
  EXPECT_EQ(job.failure->code, ErrorCode::kUnavailable);
  EXPECT_TRUE(server_.requests().empty());
}

pid_t spawn(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = -1;
  EXPECT_EQ(::posix_spawn(&pid, words[0].c_str(), nullptr, nullptr, arguments.data(), environ), 0);
  return pid;
}

TEST_F(LinkTest, AKilledProcessIsContinuedWhereItWas) {
  constexpr int kDeaths = 5;
  std::string id;
  std::filesystem::path staged;
  {
    auto service = make_service();
    const Job made = service.create_of_link(server_.url("/a.wav"), "a.wav", R"({"formats":["txt"]})");
    id = made.id;
    staged = uploads::resumable_path(service.objects().staging(), made.upload_id);
  }
  stalls_ = true;
  const auto child = [&](int attempt) {
    return spawn({WORKER_CHILD_PROGRAM, folder_.path().string(), id, (folder_.path() / "log").string(),
                  std::to_string(attempt)});
  };
  std::vector<std::uintmax_t> kept;
  for (int kill = 0; kill < kDeaths; ++kill) {
    const pid_t pid = child(kill);
    ASSERT_TRUE(server_.wait_for_requests(static_cast<std::size_t>(kill) + 1));
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    std::error_code none;
    kept.push_back(std::filesystem::file_size(staged, none));
  }
  stalls_ = false;
  int status = 1;
  ::waitpid(child(kDeaths), &status, 0);
  EXPECT_EQ(status, 0);
  auto service = make_service();
  EXPECT_EQ(stored(service, service.job(id)), recording_);
  const auto requests = server_.requests();
  for (int i = 0; i < kDeaths; ++i) {
    const std::uintmax_t bytes = kept[static_cast<std::size_t>(i)];
    EXPECT_EQ(requests.at(static_cast<std::size_t>(i) + 1).header("Range"),
              bytes == 0 ? "" : "bytes=" + std::to_string(bytes) + "-");
  }
}

}  // namespace
}  // namespace vat::worker

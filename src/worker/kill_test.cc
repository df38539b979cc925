// A worker that is killed at hundreds of random moments.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>

#include <iostream>
#include <random>
#include <set>
#include <sstream>

#include "base/file.h"
#include "base/fork_server.h"
#include "base/number.h"
#include "domain/user.h"
#include "worker/testing/test_service.h"

namespace vat::worker {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

#ifdef VAT_SANITIZED
constexpr int kKills = 40;
#else
constexpr int kKills = 250;
#endif

/// A worker of worker_child.cc.
class Child {
 public:
  Child(ForkServer& server, const std::string& words) : task_(server.start().value()) {
    EXPECT_TRUE(task_->channel().send(words));
    const auto said = task_->channel().receive(100, {.time = std::chrono::minutes(1), .stop = {}}).value();
    pid_ = parse_number<pid_t>(said.value().bytes).value();
  }
  /// Its exit code, or empty if it has not ended by then.
  std::optional<int> wait_for(microseconds time) {
    pollfd ready{.fd = task_->channel().fd(), .events = POLLIN, .revents = 0};
    const timespec timeout{.tv_sec = time.count() / 1'000'000, .tv_nsec = time.count() % 1'000'000 * 1000};
    if (::ppoll(&ready, 1, &timeout, nullptr) == 0) return std::nullopt;
    return task_->end().value().exit_code;
  }
  void kill() {
    ::kill(pid_, SIGKILL);
    EXPECT_TRUE(task_->end().has_value());
  }

 private:
  std::unique_ptr<ForkedTask> task_;
  pid_t pid_ = 0;
};

class KillTest : public ::testing::Test {
 protected:
  [[nodiscard]] testing::TestService service() const {
    return testing::TestService(
        {.folder = folder_.path(), .limits = {.max_attempts = 1'000'000, .max_lost_workers = 1'000'000}});
  }
  std::string make_job(const std::string& title) {
    auto here = service();
    if (upload_.empty()) upload_ = here.upload(recording_, title);
    return here.create(upload_, title, R"({"formats":["txt","srt","json"]})").id;
  }
  Child start(const std::string& job_id) {
    return {workers_, folder_.path().string() + '\n' + job_id + '\n' + log_.string() + '\n' +
                          std::to_string(++attempts_)};
  }
  /// Kills the job's workers at random moments until it is done; returns how many were killed.
  int run_killed(const std::string& job_id, milliseconds longest_life, int max_kills) {
    // Half of the workers are killed early, so that a job needs many.
    std::uniform_int_distribution<std::int64_t> short_life(0, longest_life.count() * 500);
    std::uniform_int_distribution<std::int64_t> any_life(0, longest_life.count() * 1000);
    for (int kills = 0;; ++kills) {
      Child child = start(job_id);
      const auto moment = kills < max_kills ? microseconds((kills % 2 == 0 ? short_life : any_life)(random_))
                                            : std::chrono::minutes(1);
      if (const auto status = child.wait_for(moment)) {
        EXPECT_EQ(*status, 0);
        return kills;
      }
      child.kill();
      if (kills >= max_kills) {
        ADD_FAILURE() << "The job did not end.";
        return kills;
      }
    }
  }
  /// How often each chunk was recognised, and how often after it had been stored.
  void expect_no_kept_chunk_heard_again() const {
    std::istringstream lines(read_file(log_, 100'000'000).value());
    std::set<std::string> kept;
    int heard = 0;
    for (std::string what, chunk; lines >> what >> chunk;) {
      if (what == "kept") {
        EXPECT_TRUE(kept.insert(chunk).second) << "kept twice";
      } else {
        ++heard;
        EXPECT_FALSE(kept.contains(chunk)) << "a finished chunk was heard again";
      }
    }
    EXPECT_GT(kept.size(), 10U);
    EXPECT_GE(heard, static_cast<int>(kept.size()));
  }

  ForkServer workers_{{.program = WORKER_CHILD_PROGRAM,
                       .arguments = {},
                       .environment = {"ASAN_OPTIONS", "TMPDIR", "TSAN_OPTIONS", "UBSAN_OPTIONS"}}};
  std::mt19937 random_{20'261'125};
  int attempts_ = 0;
  std::string upload_;  ///< All jobs are of one.
  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  fs::path recording_ = folder_.path() / "numbers.wav";
  fs::path log_ = folder_.path() / "chunks.log";
};

TEST_F(KillTest, NoUploadAndNoFinishedChunkIsLostByAnyKill) {
  testing::write_numbered_recording(recording_, Millis(150'000), 11);
  const std::string undisturbed = make_job("undisturbed.wav");
  Child whole = start(undisturbed);
  const Clock::time_point began = Clock::now();
  ASSERT_EQ(whole.wait_for(std::chrono::minutes(1)), 0);
  const auto whole_life = std::chrono::duration_cast<milliseconds>(Clock::now() - began);

  std::vector<std::string> jobs;
  int kills = 0;
  while (kills < kKills) {
    fs::remove(log_);
    jobs.push_back(make_job("killed " + std::to_string(jobs.size()) + ".wav"));
    kills += run_killed(jobs.back(), whole_life, kKills);
    expect_no_kept_chunk_heard_again();
  }
  std::cout << kills << " kills within " << whole_life.count() << " ms of a process's life, " << jobs.size()
            << " jobs.\n";

  auto here = service();
  const auto wanted = here.transcripts().get(kLocalUserId, undisturbed).value().transcript;
  const std::string recording = read_file(recording_, 100'000'000).value();
  EXPECT_FALSE(wanted.segments.empty());
  for (const std::string& id : jobs) {
    const Job job = here.job(id);
    ASSERT_EQ(job.state, JobState::kCompleted);
    const auto stored = here.transcripts().get(kLocalUserId, id);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->transcript.segments, wanted.segments);
    EXPECT_EQ(here.files(id).size(), 3U);
    const auto upload = here.uploads().get(kLocalUserId, job.upload_id);
    ASSERT_TRUE(upload);
    EXPECT_EQ(read_file(here.objects().get(upload->object_key).value().path, 100'000'000).value(), recording);
  }
}

}  // namespace
}  // namespace vat::worker

// What the tests of workers begin with.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>

#include "base/file.h"
#include "domain/user.h"
#include "worker/testing/test_service.h"
#include "worker/worker.h"

namespace vat::worker::testing {

/// Holds recognisers until it is opened; each then continues, or stops on request.
class Gate {
 public:
  Result<> pass(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, stop, [&] { return open_; });
    if (!open_) return fail(ErrorCode::kCancelled, "Stopped at the gate.");
    return {};
  }
  void wait_for_someone(int count = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool open_ = false;
  int waiting_ = 0;
};

/// A folder, a service in it whose clock can be put forward, and recordings.
class WorkerFixture : public ::testing::Test {
 protected:
  static asr::NumberedHearing through(Gate& gate) {
    return {.before = [&gate](std::span<const float>, std::stop_token stop) {
      return gate.pass(std::move(stop));
    }};
  }
  TestService make_service(asr::NumberedHearing hearing = {}, QueueLimits limits = {}) {
    return TestService({.folder = folder_.path(),
                        .clock = [this] { return utc_now() + ahead_.load(); },
                        .limits = limits,
                        .hearing = std::move(hearing)});
  }
  static WorkerOptions options(std::chrono::milliseconds lease = std::chrono::milliseconds(30'000)) {
    return {.name = "test:1", .lease = lease, .poll = std::chrono::milliseconds(50)};
  }
  std::filesystem::path numbered(Millis length = Millis(120'000)) {
    const auto path = folder_.path() / "numbers.wav";
    write_numbered_recording(path, length, 7);
    return path;
  }
  std::filesystem::path spoken(const std::string& text = "one two three four five six seven",
                               bool video = false) {
    const auto path = folder_.path() / (video ? "talk.mkv" : "talk.wav");
    write_speech(path, text, video);
    return path;
  }
  static Transcript transcript(const TestService& service, const Job& job) {
    auto stored = service.transcripts().get(kLocalUserId, job.id);
    EXPECT_TRUE(stored) << stored.error().message;
    return stored ? std::move(stored->transcript) : Transcript{};
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  std::atomic<std::chrono::milliseconds> ahead_ = std::chrono::milliseconds(0);  ///< Of the service's clock.
};

}  // namespace vat::worker::testing

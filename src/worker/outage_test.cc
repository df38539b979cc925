// A worker whose database is temporarily unavailable.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "base/file.h"
#include "domain/user.h"
#include "worker/testing/forwarding_queue.h"
#include "worker/testing/test_service.h"

namespace vat::worker {
namespace {

using std::chrono::milliseconds;

/// The real queue over a bad connection.
class UnreliableQueue : public testing::ForwardingQueue {
 public:
  using ForwardingQueue::ForwardingQueue;

  std::atomic<int> fails_each = 0;  ///< One of this many calls fails; 0: none.
  std::atomic<bool> away = false;   ///< All fail.
  std::atomic<int> failures = 0;
  std::function<void()> on_failure;  ///< Called by one thread at a time.

  Result<LeaseState> heartbeat(const Lease& lease, const JobProgress& progress) override {
    VAT_TRY(connect());
    return ForwardingQueue::heartbeat(lease, progress);
  }
  Result<std::optional<ClaimedJob>> claim(const ClaimRequest& request) override {
    VAT_TRY(connect());
    return ForwardingQueue::claim(request);
  }
  Result<> add_events(const Lease& lease,
                      const std::vector<std::pair<std::string, std::string>>& events) override {
    VAT_TRY(connect());
    return ForwardingQueue::add_events(lease, events);
  }
  Result<> save_transcript(const Lease& lease, const Transcript& transcript) override {
    VAT_TRY(connect());
    return ForwardingQueue::save_transcript(lease, transcript);
  }
  Result<std::string> save_artifact(const Lease& lease, const Artifact& artifact) override {
    VAT_TRY(connect());
    return ForwardingQueue::save_artifact(lease, artifact);
  }
  Result<> complete(const Lease& lease, const std::vector<std::string>& warnings) override {
    VAT_TRY(connect());
    return ForwardingQueue::complete(lease, warnings);
  }
  Result<std::unique_ptr<CheckpointStore>> checkpoint(const Lease& lease,
                                                      const std::string& identity) override {
    VAT_TRY(connect());
    VAT_ASSIGN(auto store, ForwardingQueue::checkpoint(lease, identity));
    return std::unique_ptr<CheckpointStore>(std::make_unique<Checkpoint>(std::move(store), *this));
  }

 private:
  class Checkpoint : public CheckpointStore {
   public:
    Checkpoint(std::unique_ptr<CheckpointStore> store, UnreliableQueue& queue)
        : store_(std::move(store)), queue_(queue) {}
    std::optional<ChunkText> find(const ChunkKey& key) override { return store_->find(key); }
    Result<> save(const ChunkKey& key, const ChunkText& text) override {
      VAT_TRY(queue_.connect());
      return store_->save(key, text);
    }

   private:
    std::unique_ptr<CheckpointStore> store_;
    UnreliableQueue& queue_;
  };

  Result<> connect() {
    const int each = fails_each;
    if (!away && (each == 0 || ++calls_ % each != 0)) return {};
    {
      const std::lock_guard lock(mutex_);
      ++failures;
      if (on_failure) on_failure();
    }
    return fail(Error(ErrorCode::kUnavailable, "The database is away.").as_retryable());
  }
  std::atomic<int> calls_ = 0;
  std::mutex mutex_;
};

class OutageTest : public ::testing::Test {
 protected:
  testing::TestService make_service(asr::NumberedHearing hearing = {}) {
    // On a busy machine a short lease may run out more often than is meant here.
    return testing::TestService({.folder = folder_.path(),
                                 .limits = {.max_attempts = 100, .max_lost_workers = 100},
                                 .hearing = std::move(hearing)});
  }
  static WorkerServices behind(UnreliableQueue& queue, const testing::TestService& service) {
    return {queue,         service.speeds(),   service.transcripts(), service.objects(),
            service.bus(), service.resources()};
  }
  Job make_job(testing::TestService& service) {
    const auto path = folder_.path() / "numbers.wav";
    testing::write_numbered_recording(path, Millis(120'000), 5);
    return service.create(service.upload(path, "n.wav"), "n.wav", R"({"formats":["txt","srt"]})");
  }
  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
};

TEST_F(OutageTest, ShortOnesChangeNothing) {
  auto service = make_service();
  UnreliableQueue queue(service.queue());
  queue.fails_each = 3;
  Worker worker(behind(queue, service), {.name = "test", .poll = milliseconds(20)});
  worker.start();
  const Job made = make_job(service);
  const Job job = service.wait_for_end(made.id);
  EXPECT_EQ(job.state, JobState::kCompleted);
  EXPECT_EQ(job.attempt, 1);
  EXPECT_GT(queue.failures, 3);
  EXPECT_EQ(service.files(job.id).size(), 2U);
  const auto heard = service.transcripts().get(kLocalUserId, job.id).value().transcript;
  EXPECT_EQ(service.events(job.id, "segment").size(), heard.segments.size()) << "lost or told twice";
}

TEST_F(OutageTest, OnesLongerThanTheLeaseAreWaitedForAndTheJobGoesOn) {
  std::atomic<int> heard = 0;
  UnreliableQueue* outage = nullptr;
  asr::NumberedHearing hearing;
  hearing.longest_chunk = Millis(6'000);
  std::latch kept(1);
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    if (++heard == 8) outage->away = true;
    // Or the job might be complete before its lease is due.
    if (heard > 8) kept.wait();
    return {};
  };
  auto service = make_service(hearing);
  UnreliableQueue queue(service.queue());
  outage = &queue;
  std::atomic<int> late = 0;
  Worker worker(behind(queue, service),
                {.name = "test", .lease = milliseconds(300), .poll = milliseconds(20)});
  worker.on_late = [&](const Job&, LateLease outcome) {
    EXPECT_EQ(outcome, LateLease::kKept);
    if (late++ == 0) kept.count_down();
  };
  queue.on_failure = [&, began = std::chrono::steady_clock::now()]() mutable {
    if (queue.failures == 1) began = std::chrono::steady_clock::now();
    if (std::chrono::steady_clock::now() - began > milliseconds(1'000)) queue.away = false;
  };
  worker.start();
  const Job made = make_job(service);
  kept.wait();
  const Job job = service.wait_for_end(made.id);
  EXPECT_EQ(job.state, JobState::kCompleted);
  EXPECT_EQ(job.attempt, 1);
  EXPECT_EQ(job.lost_workers, 0);
  const auto whole = service.create(job.upload_id, "w.wav", "{}");
  const int before = heard;
  service.wait_for_end(whole.id);
  EXPECT_EQ(before, heard - before) << "chunks were heard again";
}

}  // namespace
}  // namespace vat::worker

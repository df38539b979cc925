#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class JobQueueTest : public testing::DatabaseTest {
 protected:
  JobQueue& queue() { return db_->queue(); }
  Job job(const std::string& id) { return db_->jobs().get(kLocalUserId, id).value(); }
  LeaseState beat(const Lease& lease) { return queue().heartbeat(lease, {}).value(); }
  /// Every write that needs the lease.
  void expect_refused(const Lease& lease) {
    const auto code = [](const auto& result) {
      EXPECT_FALSE(result.has_value());
      return result ? ErrorCode::kInternal : result.error().code;
    };
    EXPECT_EQ(code(queue().describe(lease, {.engine = "x"})), ErrorCode::kCancelled);
    EXPECT_EQ(code(queue().add_events(lease, {{"warning", "{}"}})), ErrorCode::kCancelled);
    EXPECT_EQ(code(queue().save_transcript(lease, {})), ErrorCode::kCancelled);
    EXPECT_EQ(code(queue().save_artifact(lease, {.name = "x", .object_key = "artifacts/x"})),
              ErrorCode::kCancelled);
    EXPECT_EQ(code(queue().complete(lease, {})), ErrorCode::kCancelled);
    EXPECT_EQ(code(queue().fail_job(lease, {}, true)), ErrorCode::kCancelled);
    EXPECT_EQ(code(queue().release(lease)), ErrorCode::kCancelled);
    EXPECT_EQ(code(queue().checkpoint(lease, "x")), ErrorCode::kCancelled);
  }
};
VAT_ON_BOTH_ENGINES(JobQueueTest);

TEST_P(JobQueueTest, AWorkerGetsTheJobWithWhatItNeeds) {
  EXPECT_FALSE(try_claim());
  const Job queued = add_job();
  const ClaimedJob claimed = claim();
  EXPECT_EQ(claimed.job.id, queued.id);
  EXPECT_EQ(claimed.job.state, JobState::kProcessing);
  EXPECT_EQ(claimed.job.attempt, 1);
  EXPECT_EQ(claimed.lease.job_id, queued.id);
  EXPECT_GE(claimed.lease.token.size(), 20U);
  EXPECT_EQ(claimed.upload_key, db_->uploads().get(kLocalUserId, queued.upload_id)->object_key);
  const Job stored = job(queued.id);
  EXPECT_EQ(stored.state, JobState::kProcessing);
  EXPECT_EQ(stored.started_at, now());
  EXPECT_EQ(events(queued.id).back().data, R"({"state":"processing","attempt":1})");
  EXPECT_FALSE(try_claim()) << "it is taken";
}

TEST_P(JobQueueTest, AJobOfSpeechBringsItsText) {
  NewJob wanted;
  wanted.user_id = kLocalUserId;
  wanted.kind = JobKind::kSpeech;
  wanted.input_text = "Hello.";
  ASSERT_TRUE(db_->jobs().create({wanted}, {}).has_value());
  const ClaimedJob claimed = claim();
  EXPECT_EQ(claimed.job.input_text, "Hello.");
  EXPECT_EQ(claimed.upload_key, "");
}

TEST_P(JobQueueTest, HigherPrioritiesGoFirstAndThenOlderJobs) {
  const std::string low = add_job(kLocalUserId, "low", -1).id;
  const std::string first = add_job(kLocalUserId, "first").id;
  const std::string second = add_job(kLocalUserId, "second").id;
  const std::string high = add_job(kLocalUserId, "high", 1).id;
  std::vector<std::string> order;
  for (int i = 0; i < 4; ++i) order.push_back(claim(10).job.id);
  EXPECT_THAT(order, ElementsAre(high, first, second, low));
}

TEST_P(JobQueueTest, NoUserRunsMoreJobsThanAllowedAndAllGetTheirTurn) {
  for (int i = 0; i < 4; ++i) add_job();
  const std::string other = add_job(testing::kOtherUserId).id;
  EXPECT_EQ(claim(2).job.user_id, kLocalUserId);
  EXPECT_EQ(claim(2).job.id, other) << "its user has nothing running yet";
  EXPECT_EQ(claim(2).job.user_id, kLocalUserId);
  EXPECT_FALSE(try_claim(2)) << "two are running";
}

TEST_P(JobQueueTest, AHeartbeatRenewsTheLeaseAndKeepsTheProgress) {
  add_job();
  const ClaimedJob claimed = claim();
  const JobProgress progress{Stage::kTranscribe, 0.25, Millis(22'500), 12.5};
  bus_.clear();
  for (int i = 0; i < 3; ++i) {
    advance(seconds(20));
    EXPECT_EQ(queue().heartbeat(claimed.lease, progress).value(), LeaseState::kHeld);
  }
  EXPECT_FALSE(try_claim());
  EXPECT_EQ(job(claimed.job.id).progress, progress);
  EXPECT_THAT(bus_.kinds(claimed.job.id), Contains(Notification::Kind::kProgress));
  // Values that the table would reject are corrected.
  EXPECT_EQ(
      queue()
          .heartbeat(claimed.lease, {Stage::kMux, -1, Millis(-5), std::numeric_limits<double>::infinity()})
          .value(),
      LeaseState::kHeld);
  EXPECT_EQ(job(claimed.job.id).progress, (JobProgress{Stage::kMux, 0, Millis(0), 0}));
}

TEST_P(JobQueueTest, AJobWhoseWorkerDiedIsGivenToAnother) {
  add_job();
  const ClaimedJob dead = claim();
  advance(seconds(31));
  const ClaimedJob next = claim();
  EXPECT_EQ(next.job.id, dead.job.id);
  EXPECT_EQ(next.job.attempt, 2);
  EXPECT_EQ(next.job.lost_workers, 1);
  EXPECT_EQ(beat(dead.lease), LeaseState::kLost);
  expect_refused(dead.lease);
  EXPECT_EQ(beat(next.lease), LeaseState::kHeld);
  std::vector<std::string> states;
  for (const JobEvent& event : events(dead.job.id)) states.push_back(event.data);
  EXPECT_THAT(states, ElementsAre(HasSubstr("queued"), HasSubstr("processing"), HasSubstr("queued"),
                                  HasSubstr("processing")));
}

TEST_P(JobQueueTest, ALeaseThatRanOutIsStillGoodWhileNobodyTookTheJob) {
  add_job();
  const ClaimedJob claimed = claim();
  advance(seconds(31));
  EXPECT_EQ(beat(claimed.lease), LeaseState::kHeld);
  EXPECT_FALSE(try_claim());
}

TEST_P(JobQueueTest, AnOwnerThatReturnsBeforeAnotherBeganGoesOn) {
  add_job();
  const ClaimedJob late = claim();
  for (const bool by_writing : {false, true}) {
    advance(seconds(31));
    EXPECT_FALSE(try_claim(0)) << "ends the lease, and may not begin a job";
    EXPECT_EQ(job(late.job.id).state, JobState::kQueued);
    if (by_writing)
      EXPECT_TRUE(queue().add_events(late.lease, {{"warning", "{}"}}).has_value());
    else
      EXPECT_EQ(beat(late.lease), LeaseState::kReturned);
    const Job now = job(late.job.id);
    EXPECT_EQ(now.state, JobState::kProcessing);
    EXPECT_EQ(now.attempt, 1);
    EXPECT_EQ(now.lost_workers, 0);
    EXPECT_EQ(beat(late.lease), LeaseState::kHeld);
    EXPECT_FALSE(try_claim()) << "the lease has its full length again";
  }
  EXPECT_TRUE(queue().complete(late.lease, {}).has_value());
}

TEST_P(JobQueueTest, AJobIsNotBlamedForWorkersThatWereOnlyLate) {
  add_job();
  ClaimedJob owner = claim();
  for (int i = 0; i < 5; ++i) {
    advance(seconds(31));
    const ClaimedJob next = claim();
    ASSERT_EQ(next.job.id, owner.job.id);
    for (int again = 0; again < 2; ++again) EXPECT_EQ(beat(owner.lease), LeaseState::kLost);
    expect_refused(owner.lease);
    EXPECT_EQ(job(next.job.id).lost_workers, 0);
    EXPECT_EQ(job(next.job.id).attempt, 1);
    EXPECT_EQ(beat(next.lease), LeaseState::kHeld);
    owner = next;
  }
}

TEST_P(JobQueueTest, AProcessDoesNotTakeItsOwnJobFromItself) {
  add_job();
  const ClaimedJob held = claim();
  for (int i = 0; i < 3; ++i) {
    advance(seconds(31));
    const auto next = queue().claim({.worker = "test:1", .held = {{make_uuid(), "x"}, held.lease}});
    ASSERT_TRUE(next.has_value());
    EXPECT_FALSE(*next);
  }
  EXPECT_EQ(beat(held.lease), LeaseState::kHeld);
  EXPECT_EQ(job(held.job.id).lost_workers, 0);
}

TEST_P(JobQueueTest, AClockThatIsSetBackHoldsNobodyUp) {
  const std::string waiting = add_job().id;
  ASSERT_TRUE(
      queue().fail_job(claim().lease, {ErrorCode::kNetwork, "Away.", Stage::kSpeak}, true).has_value());
  const std::string running = add_job().id;
  ASSERT_EQ(claim().job.id, running);
  advance(-std::chrono::hours(1000));
  EXPECT_EQ(claim().job.id, waiting) << "its pause began in the future";
  EXPECT_FALSE(try_claim()) << "the other worker may live";
  advance(seconds(31));
  std::set<std::string> again;
  for (int i = 0; i < 2; ++i) again.insert(claim().job.id);
  EXPECT_EQ(again, (std::set<std::string>{waiting, running}));
}

TEST_P(JobQueueTest, LeasesAndPausesDoNotFollowTheWallClock) {
  DatabaseOptions options = location_.options();
  options.lease_clock = nullptr;
  db_ = Database::open(options, bus_).value();
  add_job();
  const ClaimedJob running = claim();
  advance(std::chrono::hours(1000));
  EXPECT_FALSE(try_claim()) << "a second has not passed";
  ASSERT_TRUE(
      queue().fail_job(running.lease, {ErrorCode::kNetwork, "Away.", Stage::kSpeak}, true).has_value());
  advance(std::chrono::hours(1000));
  EXPECT_FALSE(try_claim()) << "the pause has not passed";
}

TEST_P(JobQueueTest, AJobThatKillsItsWorkersIsSetAside) {
  add_job();
  claim();
  advance(seconds(31));
  const ClaimedJob second = claim();
  advance(seconds(31));
  EXPECT_FALSE(try_claim());
  const Job failed = job(second.job.id);
  EXPECT_EQ(failed.state, JobState::kFailed);
  ASSERT_TRUE(failed.failure);
  EXPECT_THAT(failed.failure->message, HasSubstr("2 times"));
  EXPECT_EQ(beat(second.lease), LeaseState::kLost);
  // Its user may retry it, and it may lose as many workers as the first time.
  ASSERT_TRUE(db_->jobs().retry(kLocalUserId, failed.id).has_value());
  claim();
  advance(seconds(31));
  EXPECT_TRUE(try_claim());
}

TEST_P(JobQueueTest, ARunningJobIsCancelledAndItsWorkerLearnsIt) {
  add_job();
  const ClaimedJob claimed = claim();
  bus_.clear();
  ASSERT_TRUE(db_->jobs().cancel(kLocalUserId, claimed.job.id).has_value());
  EXPECT_THAT(bus_.kinds(claimed.job.id), Contains(Notification::Kind::kCancel));
  EXPECT_EQ(beat(claimed.lease), LeaseState::kCancelled);
  expect_refused(claimed.lease);
  EXPECT_EQ(job(claimed.job.id).state, JobState::kCancelled);
}

TEST_P(JobQueueTest, ACompletedJobIsFinal) {
  add_job();
  const ClaimedJob claimed = claim();
  ASSERT_TRUE(queue().complete(claimed.lease, {"The file ends early.", "\"Zwei\""}).has_value());
  const Job done = job(claimed.job.id);
  EXPECT_EQ(done.state, JobState::kCompleted);
  EXPECT_EQ(done.finished_at, now());
  EXPECT_THAT(done.warnings, ElementsAre("The file ends early.", "\"Zwei\""));
  EXPECT_FALSE(done.failure);
  expect_refused(claimed.lease);
  EXPECT_EQ(db_->jobs().cancel(kLocalUserId, done.id).error().code, ErrorCode::kExists);
  EXPECT_FALSE(db_->jobs().retry(kLocalUserId, done.id).has_value());
}

TEST_P(JobQueueTest, AFailureThatMayPassIsTriedAgainAfterLongerAndLongerPauses) {
  add_job();
  const JobFailure failure{ErrorCode::kNetwork, "The voice service is away.", Stage::kSpeak};
  std::string id;
  for (int attempt = 1; attempt <= 4; ++attempt) {
    const ClaimedJob claimed = claim();
    id = claimed.job.id;
    EXPECT_EQ(claimed.job.attempt, attempt);
    ASSERT_TRUE(queue().fail_job(claimed.lease, failure, true).has_value());
    const Job waiting = job(id);
    EXPECT_EQ(waiting.state, JobState::kQueued);
    ASSERT_TRUE(waiting.failure);
    EXPECT_EQ(waiting.failure->code, ErrorCode::kNetwork);
    const auto pause = seconds(1 << attempt);
    EXPECT_EQ(waiting.not_before, now() + pause);
    advance(pause - std::chrono::milliseconds(1));
    EXPECT_FALSE(try_claim()) << "too early";
    advance(std::chrono::milliseconds(1));
  }
  ASSERT_TRUE(queue().fail_job(claim().lease, failure, true).has_value());
  EXPECT_EQ(job(id).state, JobState::kFailed) << "five attempts are enough";
  EXPECT_EQ(
      events(id).back().data,
      R"({"state":"failed","attempt":5,"error":{"code":"network","message":"The voice service is away.","stage":"speak"}})");
}

TEST_P(JobQueueTest, AFailureForGoodIsFinalAtOnceAndRetryBeginsAnew) {
  add_job();
  const ClaimedJob claimed = claim();
  ASSERT_TRUE(queue().save_transcript(claimed.lease, {}).has_value());
  ASSERT_TRUE(queue()
                  .fail_job(claimed.lease, {ErrorCode::kBadMedia, "It is broken.", Stage::kPrepare}, false)
                  .has_value());
  const Job failed = job(claimed.job.id);
  EXPECT_EQ(failed.state, JobState::kFailed);
  EXPECT_EQ(failed.failure->message, "It is broken.");
  const Job retried = db_->jobs().retry(kLocalUserId, failed.id).value();
  EXPECT_EQ(retried.attempt, 0);
  EXPECT_FALSE(retried.failure);
  EXPECT_TRUE(retried.transcript_done) << "what was finished is kept";
  EXPECT_TRUE(claim().job.transcript_done);
}

TEST_P(JobQueueTest, AReleasedJobGoesOnAtOnceAndTheAttemptDoesNotCount) {
  add_job();
  const ClaimedJob claimed = claim();
  ASSERT_TRUE(queue().release(claimed.lease).has_value());
  expect_refused(claimed.lease);
  const ClaimedJob again = claim();
  EXPECT_EQ(again.job.attempt, 1);
  EXPECT_EQ(again.job.lost_workers, 0);
}

TEST_P(JobQueueTest, WhatIsLearnedAboutTheRecordingIsKept) {
  add_job();
  const ClaimedJob claimed = claim();
  ASSERT_TRUE(queue().describe(claimed.lease, {.engine = "whisper", .model = "base.en"}).has_value());
  ASSERT_TRUE(queue().describe(claimed.lease, {.language = "en", .duration = Millis(5)}).has_value());
  const Job described = job(claimed.job.id);
  EXPECT_EQ(described.engine, "whisper");
  EXPECT_EQ(described.model, "base.en");
  EXPECT_EQ(described.language, "en");
  EXPECT_EQ(described.duration, Millis(5));
}

TEST_P(JobQueueTest, EventsOfTheWorkKeepTheirOrder) {
  add_job();
  const ClaimedJob claimed = claim();
  ASSERT_TRUE(
      queue().add_events(claimed.lease, {{"segment", R"({"n":1})"}, {"segment", R"({"n":2})"}}).has_value());
  const auto segments = events(claimed.job.id, "segment");
  ASSERT_EQ(segments.size(), 2U);
  EXPECT_EQ(segments[0].data, R"({"n":1})");
  EXPECT_EQ(segments[1].data, R"({"n":2})");
}

TEST_P(JobQueueTest, AFileOfTheSameNameIsReplaced) {
  add_job();
  const ClaimedJob claimed = claim();
  const auto save = [&](const std::string& name, const std::string& key) {
    return queue().save_artifact(claimed.lease, {.name = name, .kind = "speech", .object_key = key}).value();
  };
  EXPECT_EQ(save("a.mp3", "artifacts/1"), "");
  EXPECT_EQ(save("b.mp3", "artifacts/1"), "");
  EXPECT_EQ(save("a.mp3", "artifacts/2"), "") << "b.mp3 still has it";
  EXPECT_EQ(save("a.mp3", "artifacts/3"), "artifacts/2");
  EXPECT_EQ(db_->jobs().artifacts(kLocalUserId, claimed.job.id)->size(), 2U);
  EXPECT_EQ(events(claimed.job.id, "artifact").size(), 4U);
}

TEST_P(JobQueueTest, FinishedChunksOutliveTheirWorker) {
  add_job();
  const ClaimedJob claimed = claim();
  const ChunkKey key{0, 480'000, 0xFFFF'FFFF'FFFF'FFFFU};
  ChunkText text;
  text.language = "en";
  text.segments = {{.start = Millis(1), .end = Millis(2), .text = "Hi."}};
  {
    const auto store = queue().checkpoint(claimed.lease, "model 1").value();
    EXPECT_FALSE(store->find(key));
    ASSERT_TRUE(store->save(key, text).has_value());
    ASSERT_TRUE(store->save(key, text).has_value()) << "once more is the same";
    EXPECT_EQ(store->find(key), text);
    EXPECT_FALSE(store->find({0, 480'000, 7}));
  }
  advance(seconds(31));
  const ClaimedJob next = claim();
  const auto old_store_refuses = queue().checkpoint(claimed.lease, "model 1");
  EXPECT_FALSE(old_store_refuses.has_value());
  EXPECT_EQ(queue().checkpoint(next.lease, "model 1").value()->find(key), text);
  EXPECT_FALSE(queue().checkpoint(next.lease, "model 2").value()->find(key)) << "of another model";
  EXPECT_FALSE(queue().checkpoint(next.lease, "model 1").value()->find(key)) << "it is forgotten";
}

TEST_P(JobQueueTest, AChunkIsNotSavedWithoutTheLease) {
  add_job();
  const ClaimedJob claimed = claim();
  const auto store = queue().checkpoint(claimed.lease, "model").value();
  ASSERT_TRUE(db_->jobs().cancel(kLocalUserId, claimed.job.id).has_value());
  const auto saved = store->save({0, 1, 2}, {});
  ASSERT_FALSE(saved.has_value());
  EXPECT_EQ(saved.error().code, ErrorCode::kCancelled);
}

TEST_P(JobQueueTest, TheQueueIsMeasured) {
  EXPECT_FALSE(queue().depth()->oldest_queued);
  const UtcTime first = now();
  const std::string one = add_job().id;
  advance(seconds(5));
  const std::string two = add_job().id;
  const std::string high = add_job(kLocalUserId, "high", 5).id;
  add_job(testing::kOtherUserId);
  const QueueDepth depth = queue().depth().value();
  EXPECT_EQ(depth.queued, 4U);
  EXPECT_EQ(depth.processing, 0U);
  EXPECT_EQ(depth.oldest_queued, first);
  // Each recording is 90 s long.
  EXPECT_EQ(queue().waiting_ahead(high).value(), Millis(0));
  EXPECT_EQ(queue().waiting_ahead(one).value(), Millis(90'000));
  EXPECT_EQ(queue().waiting_ahead(two).value(), Millis(180'000));
  const ClaimedJob claimed = claim();
  ASSERT_EQ(claimed.job.id, high);
  ASSERT_TRUE(queue().heartbeat(claimed.lease, {Stage::kTranscribe, 0.5, Millis(45'000), 1}).has_value());
  EXPECT_EQ(queue().waiting_ahead(one).value(), Millis(45'000)) << "half of it is heard";
  EXPECT_EQ(queue().waiting_ahead(high).value(), Millis(0));
  EXPECT_THAT(queue().count_by_state().value(), ElementsAre(3, 1, 0, 0, 0));
  EXPECT_FALSE(queue().waiting_ahead(make_uuid()).has_value());
}

TEST_P(JobQueueTest, WaitingJobsKnowTheirPlace) {
  using Places = std::map<std::string, std::uint64_t>;
  EXPECT_TRUE(queue().places(kLocalUserId)->places.empty());
  const std::string one = add_job().id;
  const std::string theirs = add_job(testing::kOtherUserId).id;
  const std::string two = add_job().id;
  const std::string high = add_job(kLocalUserId, "high", 5).id;
  EXPECT_EQ(queue().places(kLocalUserId)->places, (Places{{high, 1}, {one, 2}, {two, 4}}));
  EXPECT_EQ(queue().places(testing::kOtherUserId)->places, (Places{{theirs, 3}}));
  ASSERT_EQ(claim().job.id, high);
  const QueuePlaces left = queue().places(kLocalUserId).value();
  EXPECT_EQ(left.places, (Places{{one, 1}, {two, 3}}));
  EXPECT_EQ(left.running, 1U);
  EXPECT_EQ(queue().places(testing::kOtherUserId)->running, 0U);
  EXPECT_TRUE(queue().places("nobody")->places.empty());
}

TEST_P(JobQueueTest, ManyWorkersNeverGetTheSameJob) {
  constexpr int kJobs = 40;
  constexpr int kWorkers = 4;
  for (int i = 0; i < kJobs; ++i) add_job(i % 2 == 0 ? kLocalUserId : testing::kOtherUserId);
  // Like separate processes: each worker opens the database itself.
  std::vector<std::vector<std::string>> claimed(kWorkers);
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < kWorkers; ++i) {
      workers.emplace_back([&, i] {
        testing::RecordingBus bus;
        const auto db = Database::open(location_.options(), bus).value();
        while (const auto job = db->queue().claim({.worker = "w", .max_per_user = kJobs}).value()) {
          claimed[static_cast<std::size_t>(i)].push_back(job->job.id);
          EXPECT_TRUE(db->queue().complete(job->lease, {}).has_value());
        }
      });
    }
  }
  std::set<std::string> all;
  std::size_t count = 0;
  for (const auto& ids : claimed) {
    count += ids.size();
    all.insert(ids.begin(), ids.end());
  }
  EXPECT_EQ(count, static_cast<std::size_t>(kJobs));
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kJobs));
}

TEST_P(JobQueueTest, SpeedsAreBlendedAndFoundByWhatIsKnown) {
  SpeedStore& speeds = db_->speeds();
  EXPECT_EQ(speeds.find("", "").value(), 0);
  ASSERT_TRUE(speeds.record("whisper", "base.en", 10).has_value());
  EXPECT_DOUBLE_EQ(speeds.find("whisper", "base.en").value(), 10);
  ASSERT_TRUE(speeds.record("whisper", "base.en", 20).has_value());
  EXPECT_DOUBLE_EQ(speeds.find("whisper", "base.en").value(), 13);
  advance(seconds(1));
  ASSERT_TRUE(speeds.record("pocketsphinx", "en-us", 3).has_value());
  EXPECT_DOUBLE_EQ(speeds.find("", "").value(), 3) << "recorded last";
  EXPECT_DOUBLE_EQ(speeds.find("whisper", "").value(), 13);
  EXPECT_EQ(speeds.find("whisper", "small").value(), 0);
  ASSERT_TRUE(speeds.record("whisper", "base.en", 0).has_value()) << "not a measurement";
  EXPECT_DOUBLE_EQ(speeds.find("whisper", "base.en").value(), 13);
}

}  // namespace
}  // namespace vat::db

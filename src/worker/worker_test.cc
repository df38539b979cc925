#include "worker/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "worker/testing/worker_fixture.h"

namespace vat::worker {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::Gate;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::SizeIs;

class WorkerTest : public testing::WorkerFixture {};

TEST_F(WorkerTest, ACancelledJobStopsWhileItSpeaks) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  std::string text;  // takes minutes to speak
  for (int i = 0; i < 5'000; ++i)
    text += "This is sentence number " + std::to_string(i) + " of a long text. ";
  const Job made = service.create_speech(text, "{}");
  const auto speaks = [&](const Job&) {
    const std::optional<JobProgress> now = worker.live_progress(made.id);
    return now && now->stage == Stage::kSpeak && now->fraction > 0;
  };
  service.wait_for(made.id, speaks);
  ASSERT_TRUE(service.jobs().cancel(kLocalUserId, made.id));
  EXPECT_EQ(service.wait_for_end(made.id).state, JobState::kCancelled);
  EXPECT_THAT(service.files(made.id), IsEmpty());
  // And it does not keep the worker from its next job.
  const Job next = service.create_speech("This is short.", "{}");
  EXPECT_EQ(service.wait_for_end(next.id).state, JobState::kCompleted);
}

TEST_F(WorkerTest, WhenSpeechFailsTheTranscriptIsThereAndARetryBeginsAfterIt) {
  std::atomic<int> heard = 0;
  auto service = make_service({.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    ++heard;
    return {};
  }});
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create(service.upload(numbered(Millis(20'000)), "n.wav"), "n.wav",
                                  R"({"formats":["txt"],"speech":true,"voice":"nobody"})");
  const Job failed = service.wait_for_end(made.id);
  ASSERT_EQ(failed.state, JobState::kFailed);
  EXPECT_EQ(failed.failure->stage, Stage::kSpeak);
  EXPECT_EQ(failed.failure->code, ErrorCode::kNotFound);
  EXPECT_THAT(failed.failure->message, HasSubstr("nobody"));
  EXPECT_TRUE(failed.transcript_done);
  EXPECT_THAT(service.files(made.id), ElementsAre(Key("n.txt")));
  const int heard_once = heard;
  EXPECT_GT(heard_once, 0);

  ASSERT_TRUE(service.jobs().retry(kLocalUserId, made.id));
  const Job again = service.wait_for_end(made.id);
  EXPECT_EQ(again.state, JobState::kFailed);
  EXPECT_EQ(heard, heard_once) << "the transcript was made a second time";
  EXPECT_THAT(service.files(made.id), ElementsAre(Key("n.txt")));
  EXPECT_EQ(service.stored_files(), 5U) << "the file that was replaced is still in the store";
}

TEST_F(WorkerTest, AnEditedTranscriptIsWhatIsWrittenAndSpokenAgain) {
  Gate gate;
  auto service = make_service(through(gate));
  Worker worker(service.services(), options());
  worker.start();
  gate.open();
  const Job made = service.create(service.upload(numbered(Millis(20'000)), "n.wav"), "n.wav",
                                  R"({"formats":["txt"],"speech":true,"voice":"nobody"})");
  ASSERT_EQ(service.wait_for_end(made.id).state, JobState::kFailed);
  Transcript edited = transcript(service, made);
  edited.segments.resize(1);
  edited.segments[0].text = "Better words";
  edited.segments[0].words.clear();
  ASSERT_TRUE(service.transcripts().edit(kLocalUserId, made.id, 1, edited));
  ASSERT_TRUE(service.jobs().retry(kLocalUserId, made.id));
  service.wait_for_end(made.id);
  EXPECT_EQ(service.files(made.id)[0].second, "Better words\n");
}

TEST_F(WorkerTest, ACancelledJobStopsWhileItIsHeardAndItsRetryGoesOn) {
  Gate gate;
  auto service = make_service(through(gate));
  std::latch ended(1);
  Worker worker(service.services(), options());
  worker.on_outcome = [&](const JobOutcome& outcome) {
    if (outcome.state == JobState::kCancelled) ended.count_down();
  };
  worker.start();
  const Job made = service.create(service.upload(numbered(), "n.wav"), "n.wav", "{}");
  gate.wait_for_someone();
  ASSERT_TRUE(service.jobs().cancel(kLocalUserId, made.id));
  ended.wait();  // within the lease, of which a third is longer than this test may take
  EXPECT_EQ(service.job(made.id).state, JobState::kCancelled);
  EXPECT_FALSE(worker.live_progress(made.id));
  gate.open();
  ASSERT_TRUE(service.jobs().retry(kLocalUserId, made.id));
  EXPECT_EQ(service.wait_for_end(made.id).state, JobState::kCompleted);
}

TEST_F(WorkerTest, AStopGivesTheJobBackAndTheNextWorkerFinishesIt) {
  Gate gate;
  std::atomic<int> heard = 0;
  auto service = make_service({.before = [&](std::span<const float>, std::stop_token stop) -> Result<> {
    // The first chunks pass.
    if (++heard <= 2) return {};
    return gate.pass(std::move(stop));
  }});
  const Job made = service.create(service.upload(numbered(), "n.wav"), "n.wav", "{}");
  {
    Worker first(service.services(), options());
    first.start();
    gate.wait_for_someone();
    EXPECT_TRUE(first.live_progress(made.id));
    EXPECT_EQ(first.running(), 1);
    first.stop(milliseconds(0));
    EXPECT_EQ(first.running(), 0);
  }
  const Job given_back = service.job(made.id);
  EXPECT_EQ(given_back.state, JobState::kQueued);
  EXPECT_EQ(given_back.lost_workers, 0);
  gate.open();
  const int before = heard;
  Worker second(service.services(), options());
  second.start();
  EXPECT_EQ(service.wait_for_end(made.id).state, JobState::kCompleted);
  const Job whole = service.create(service.upload(numbered(), "w.wav"), "w.wav", "{}");
  const int resumed = heard - before;
  service.wait_for_end(whole.id);
  EXPECT_LT(resumed, heard - before - resumed) << "chunks that were finished were heard again";
  EXPECT_EQ(transcript(service, made).segments, transcript(service, whole).segments);
}

TEST_F(WorkerTest, AGracefulStopLetsAJobFinish) {
  Gate gate;
  auto service = make_service(through(gate));
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create(service.upload(numbered(Millis(20'000)), "n.wav"), "n.wav", "{}");
  gate.wait_for_someone();
  std::thread opener([&] { gate.open(); });
  worker.stop(milliseconds(60'000));
  opener.join();
  EXPECT_EQ(service.job(made.id).state, JobState::kCompleted);
}

TEST_F(WorkerTest, TheJobOfAWorkerThatFellSilentIsTakenOver) {
  Gate gate;
  auto service = make_service(through(gate));
  std::latch left(1);
  WorkerOptions busy = options(milliseconds(300'000));  // its heartbeat is far away
  busy.parallel = 1;                                    // and it cannot take over its own job
  Worker silent(service.services(), busy);
  silent.on_outcome = [&](const JobOutcome& outcome) {
    EXPECT_EQ(outcome.state, JobState::kQueued);
    left.count_down();
  };
  silent.start();
  const Job made = service.create(service.upload(numbered(), "n.wav"), "n.wav", "{}");
  gate.wait_for_someone();
  ahead_ = milliseconds(600'000);
  Worker other(service.services(), options());
  other.start();
  const Job taken = service.wait_for(made.id, [](const Job& job) { return job.lost_workers == 1; });
  EXPECT_EQ(taken.attempt, 2);
  gate.open();
  EXPECT_EQ(service.wait_for_end(made.id).state, JobState::kCompleted);
  left.wait();  // the first one's writes were refused
  EXPECT_EQ(service.files(made.id).size(), 4U);
}

TEST_F(WorkerTest, ALeaseThatRunsOutIsNoticedWithinAnother) {
  Gate gate;
  auto service = make_service(through(gate));
  WorkerOptions busy = options(milliseconds(300'000));
  busy.parallel = 1;
  Worker silent(service.services(), busy);
  silent.start();
  const Job made = service.create(service.upload(numbered(), "n.wav"), "n.wav", "{}");
  gate.wait_for_someone();
  WorkerOptions seldom = options(milliseconds(500));
  seldom.poll = std::chrono::hours(1);
  Worker other(service.services(), seldom);
  other.start();
  std::this_thread::sleep_for(milliseconds(100));  // it has looked once
  ahead_ = milliseconds(600'000);
  service.wait_for(made.id, [](const Job& job) { return job.lost_workers > 0; });
  gate.open();
}

TEST_F(WorkerTest, AWorkerThatLostTimeKeepsItsJob) {
  Gate gate;
  const auto path = folder_.path() / "numbers.wav";
  testing::write_numbered_recording(path, Millis(30'000), 3);
  auto service = make_service(through(gate));
  Worker worker(service.services(), options());
  worker.start();
  const Job held = service.create(service.upload(path, "n.wav"), "n.wav", "{}");
  gate.wait_for_someone();
  for (int i = 0; i < 3; ++i) {
    ahead_ = ahead_.load() + std::chrono::minutes(10);
    // Whoever claims this ends the leases of the dead before.
    EXPECT_EQ(service.wait_for_end(service.create_speech("Hello.", "{}").id).state, JobState::kCompleted);
  }
  EXPECT_EQ(service.job(held.id).attempt, 1);
  gate.open();
  const Job done = service.wait_for_end(held.id);
  EXPECT_EQ(done.state, JobState::kCompleted);
  EXPECT_EQ(done.attempt, 1);
  EXPECT_EQ(done.lost_workers, 0);
}

TEST_F(WorkerTest, BadMediaFailsAtOnceWithTheUsersNameOfIt) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  const auto path = folder_.path() / "x";
  ASSERT_TRUE(write_file_atomically(path, "this is no recording", Overwrite::kReplace));
  const Job made = service.create(service.upload(path, "holiday.mp4"), "holiday.mp4", "{}");
  const Job job = service.wait_for_end(made.id);
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_EQ(job.attempt, 1);
  EXPECT_EQ(job.failure->code, ErrorCode::kBadMedia);
  EXPECT_THAT(job.failure->message, AllOf(HasSubstr("holiday.mp4"), Not(HasSubstr(folder_.path().string()))));
}

TEST_F(WorkerTest, AFailureThatMayPassIsTriedAgain) {
  std::atomic<int> calls = 0;
  auto service = make_service({.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    if (++calls == 1) return fail(Error(ErrorCode::kUnavailable, "The device is away.").as_retryable());
    return {};
  }});
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create(service.upload(numbered(Millis(20'000)), "n.wav"), "n.wav", "{}");
  const Job waiting =
      service.wait_for(made.id, [](const Job& job) { return job.failure && job.state == JobState::kQueued; });
  EXPECT_EQ(waiting.failure->message, "The device is away.");
  EXPECT_EQ(waiting.failure->stage, Stage::kTranscribe);
  ahead_ = milliseconds(600'000);
  const Job job = service.wait_for_end(made.id);
  EXPECT_EQ(job.state, JobState::kCompleted);
  EXPECT_EQ(job.attempt, 2);
}

TEST_F(WorkerTest, AShortJobDoesNotWaitForTheEndOfALongOne) {
  Gate gate;
  std::atomic<int> of_film = 0;
  std::atomic<int> before_clip = -1;
  auto service =
      make_service({.before = [&](std::span<const float> samples, std::stop_token stop) -> Result<> {
        if (samples.size() < 16'000 * 9) {  // the whole clip, or the film's end
          int unset = -1;
          before_clip.compare_exchange_strong(unset, of_film.load());
          return {};
        }
        // The film gets both threads and holds them.
        return ++of_film > 2 ? gate.pass(std::move(stop)) : Result<>{};
      }});
  Worker worker(service.services(), options());
  worker.start();
  const Job film = service.create(service.upload(numbered(Millis(600'000)), "film.wav"), "film.wav", "{}");
  const auto wait_for_chunks = [&](std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (service.resources().pool.use().waiting < count && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(milliseconds(5));
    return service.resources().pool.use().waiting == count;
  };
  // The film has one chunk in each thread and two more waiting for each; then comes the clip's only one.
  gate.wait_for_someone(2);
  ASSERT_TRUE(wait_for_chunks(4));
  const auto clip_path = folder_.path() / "clip.wav";
  testing::write_numbered_recording(clip_path, Millis(8'000), 3);
  const Job clip = service.create(service.upload(clip_path, "clip.wav"), "clip.wav", "{}");
  ASSERT_TRUE(wait_for_chunks(5));
  gate.open();
  EXPECT_EQ(service.wait_for_end(clip.id).state, JobState::kCompleted);
  EXPECT_EQ(service.wait_for_end(film.id).state, JobState::kCompleted);
  EXPECT_GE(before_clip, 0);
  EXPECT_LT(before_clip, of_film / 2) << "the clip waited for most of the film";
}

TEST_F(WorkerTest, SegmentsArriveAsEventsInOrder) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create(service.upload(numbered(), "n.wav"), "n.wav", "{}");
  const Job job = service.wait_for_end(made.id);
  ASSERT_EQ(job.state, JobState::kCompleted);
  const auto events = service.events(made.id, "segment");
  const Transcript heard = transcript(service, made);
  ASSERT_EQ(events.size(), heard.segments.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_THAT(events[i], HasSubstr("\"text\":\"" + heard.segments[i].text + "\""));
  }
  EXPECT_THAT(events, SizeIs(Gt(5U)));
}

}  // namespace
}  // namespace vat::worker

#include "asr/transcriber.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "asr/testing/numbered_words.h"

namespace vat::asr {
namespace {

/// Keeps chunks in memory.
class MemoryCheckpoint : public CheckpointStore {
 public:
  [[nodiscard]] std::optional<ChunkText> find(const ChunkKey& key) override {
    const std::lock_guard lock(mutex_);
    const auto found = chunks_.find(key);
    if (found == chunks_.end()) return std::nullopt;
    ++found_;
    return found->second;
  }
  [[nodiscard]] Result<> save(const ChunkKey& key, const ChunkText& text) override {
    const std::lock_guard lock(mutex_);
    if (full_) return fail(ErrorCode::kDiskFull, "The disk is full.");
    chunks_[key] = text;
    return {};
  }
  [[nodiscard]] std::size_t size() {
    const std::lock_guard lock(mutex_);
    return chunks_.size();
  }
  std::atomic<int> found_{0};
  bool full_ = false;

 private:
  std::mutex mutex_;
  std::map<ChunkKey, ChunkText> chunks_;
};

class TranscriberTest : public testing::Test {
 protected:
  static NumberedRecording recording(Millis length, unsigned seed = 1) {
    std::mt19937 random(seed);
    return make_numbered_recording({.length = length}, random);
  }
  static RecognitionOptions english() {
    RecognitionOptions options;
    options.language = "en";
    return options;
  }
  Result<Transcript> run(ChunkPool& pool, const NumberedRecording& numbered, const NumberedHearing& hearing,
                         CheckpointStore* checkpoint = nullptr, ProgressSink progress = {},
                         std::stop_token stop = {}) {
    NumberedSource source(numbered);
    NumberedDetector detector;
    const auto model = std::make_shared<NumberedModel>(hearing);
    return transcribe(pool, {source, detector, model, english(), checkpoint, std::move(progress)},
                      std::move(stop));
  }
  static void expect_every_word_once(const Transcript& transcript, const NumberedRecording& numbered) {
    std::size_t next = 0;
    Millis last{0};
    for (const Segment& segment : transcript.segments) {
      for (const Word& word : segment.words) {
        ASSERT_LT(next, numbered.words.size());
        EXPECT_THAT(word.text, testing::HasSubstr(std::to_string(numbered.words[next].number)));
        EXPECT_GE(word.start, last);
        last = word.start;
        ++next;
      }
    }
    EXPECT_EQ(next, numbered.words.size());
  }
};

TEST_F(TranscriberTest, ChunksThatEndInAnyOrderGiveEveryWordOnceInOrder) {
  ChunkPool pool(4);
  const auto numbered = recording(Millis(600'000));
  // Every other chunk takes longer than its neighbours, so that they overtake it.
  std::atomic<int> calls{0};
  NumberedHearing hearing;
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    if (calls++ % 2 == 0) std::this_thread::yield();
    return {};
  };
  const auto transcript = run(pool, numbered, hearing);
  ASSERT_TRUE(transcript) << transcript.error().message;
  expect_every_word_once(*transcript, numbered);
  EXPECT_EQ(transcript->engine, "numbered");
  EXPECT_EQ(transcript->language, "en");
  EXPECT_EQ(transcript->duration, Millis(600'000));
  EXPECT_GT(transcript->speech, Millis(0));
  EXPECT_GT(transcript->timings.recognition, 0);
}

TEST_F(TranscriberTest, ProgressRunsForwardAndShowsEverySegment) {
  ChunkPool pool(3);
  const auto numbered = recording(Millis(300'000));
  std::size_t segments = 0;
  Millis last{0};
  const auto transcript = run(pool, numbered, {}, nullptr, [&](const Progress& progress) {
    EXPECT_EQ(progress.stage, Stage::kTranscribe);
    EXPECT_GE(progress.done, last);
    EXPECT_LE(progress.fraction, 1);
    last = progress.done;
    segments += progress.segment != nullptr ? 1 : 0;
  });
  ASSERT_TRUE(transcript);
  EXPECT_EQ(segments, transcript->segments.size());
  EXPECT_EQ(last, Millis(300'000));
}

TEST_F(TranscriberTest, WorkThatWasStoppedGoesOnAfterItsLastChunk) {
  ChunkPool pool(2);
  const auto numbered = recording(Millis(600'000));
  MemoryCheckpoint checkpoint;
  std::stop_source stop;
  std::atomic<int> heard{0};
  NumberedHearing hearing;
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    if (++heard == 6) stop.request_stop();
    return {};
  };
  const auto stopped = run(pool, numbered, hearing, &checkpoint, {}, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  const std::size_t kept = checkpoint.size();
  EXPECT_GE(kept, 4U);

  std::atomic<int> heard_again{0};
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    ++heard_again;
    return {};
  };
  const auto resumed = run(pool, numbered, hearing, &checkpoint);
  ASSERT_TRUE(resumed);
  expect_every_word_once(*resumed, numbered);
  EXPECT_EQ(static_cast<std::size_t>(checkpoint.found_.load()), kept);
  EXPECT_EQ(static_cast<std::size_t>(heard_again.load()), checkpoint.size() - kept);

  const auto whole = run(pool, numbered, {});
  EXPECT_EQ(whole->segments, resumed->segments) << "a resumed result is the same as an undisturbed one";
}

TEST_F(TranscriberTest, AFailingChunkFailsTheRecordingWithItsError) {
  ChunkPool pool(2);
  std::atomic<int> heard{0};
  NumberedHearing hearing;
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    if (++heard == 3) return fail(ErrorCode::kInternal, "The engine broke.");
    return {};
  };
  const auto transcript = run(pool, recording(Millis(600'000)), hearing);
  ASSERT_FALSE(transcript);
  EXPECT_EQ(transcript.error().message, "The engine broke.");
}

TEST_F(TranscriberTest, AChunkThatCannotBeKeptIsAFailure) {
  ChunkPool pool(2);
  MemoryCheckpoint checkpoint;
  checkpoint.full_ = true;
  const auto transcript = run(pool, recording(Millis(60'000)), {}, &checkpoint);
  ASSERT_FALSE(transcript);
  EXPECT_EQ(transcript.error().code, ErrorCode::kDiskFull);
}

TEST_F(TranscriberTest, SilenceGivesAnEmptyTranscriptAndAsksNoRecognizer) {
  ChunkPool pool(2);
  std::atomic<int> heard{0};
  NumberedHearing hearing;
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    ++heard;
    return {};
  };
  NumberedRecording silence;
  silence.length = kRecognitionRate * 120;
  const auto transcript = run(pool, silence, hearing);
  ASSERT_TRUE(transcript);
  EXPECT_TRUE(transcript->segments.empty());
  EXPECT_EQ(transcript->duration, Millis(120'000));
  EXPECT_EQ(heard, 0);
}

TEST_F(TranscriberTest, SeveralRecordingsShareThePool) {
  ChunkPool pool(2);
  std::vector<std::jthread> jobs;
  for (unsigned i = 0; i < 5; ++i) {
    jobs.emplace_back([&, i] {
      const auto numbered = recording(Millis(120'000 + 30'000 * static_cast<int>(i)), i);
      const auto transcript = run(pool, numbered, {});
      ASSERT_TRUE(transcript);
      expect_every_word_once(*transcript, numbered);
    });
  }
}

}  // namespace
}  // namespace vat::asr

#include "asr/chunk_planner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "asr/testing/numbered_words.h"

namespace vat::asr {
namespace {

constexpr std::int64_t kSecond = kRecognitionRate;

/// Words of `length` one after the other until `end`, all in samples.
void add_words(NumberedRecording& recording, std::int64_t begin, std::int64_t end,
               std::int64_t length = kSecond / 2) {
  for (; begin + length <= end; begin += length) {
    recording.words.push_back({static_cast<int>(recording.words.size()), begin, length});
  }
}

/// Speech without pauses at each of the spans [begin, end), in seconds.
NumberedRecording speech_at(const std::vector<std::pair<double, double>>& spans, double length) {
  NumberedRecording recording;
  for (const auto& span : spans) {
    add_words(recording, std::llround(span.first * kSecond), std::llround(span.second * kSecond));
  }
  recording.length = std::llround(length * kSecond);
  return recording;
}

struct Plan {
  std::vector<Chunk> chunks;
  Millis speech{0};
  Millis position{0};
  std::size_t max_held = 0;
};

Plan plan(AudioSource& source, SpeechDetector& detector, const PlanOptions& options = {}) {
  ChunkPlanner planner(source, detector, options);
  Plan result;
  while (auto chunk = planner.next().value()) {
    result.max_held = std::max(result.max_held, planner.held_samples() + chunk->samples.size());
    result.chunks.push_back(std::move(*chunk));
  }
  EXPECT_FALSE(planner.next().value().has_value());
  result.speech = planner.speech();
  result.position = planner.position();
  return result;
}

Plan plan(NumberedRecording recording, const PlanOptions& options = {}) {
  NumberedSource source(std::move(recording));
  NumberedDetector detector;
  return plan(source, detector, options);
}

double seconds(std::int64_t samples) { return static_cast<double>(samples) / kSecond; }

TEST(ChunkPlannerTest, ARecordingOfSilenceYieldsNoChunk) {
  const Plan result = plan(speech_at({}, 100));
  EXPECT_TRUE(result.chunks.empty());
  EXPECT_EQ(result.speech, Millis(0));
  EXPECT_EQ(result.position, Millis(100'000));
}

TEST(ChunkPlannerTest, AnEmptyRecordingYieldsNoChunk) {
  const Plan result = plan(speech_at({}, 0));
  EXPECT_TRUE(result.chunks.empty());
  EXPECT_EQ(result.position, Millis(0));
}

TEST(ChunkPlannerTest, AShortRecordingIsOneChunkWithPaddingAroundItsSpeech) {
  const Plan result = plan(speech_at({{3, 8}}, 20));
  ASSERT_EQ(result.chunks.size(), 1U);
  EXPECT_NEAR(seconds(result.chunks[0].begin()), 2.7, 0.03);
  EXPECT_NEAR(seconds(result.chunks[0].end()), 8.3, 0.03);
  EXPECT_EQ(result.chunks[0].pieces.size(), 1U);
  EXPECT_NEAR(to_seconds(result.speech), 5.6, 0.05);
}

TEST(ChunkPlannerTest, SpeechToTheLastSampleOfAnOddLengthIsHeardWhole) {
  NumberedRecording recording;
  recording.words = {{0, 1'000, 20'013}};
  recording.length = 21'013;
  const Plan result = plan(recording);
  ASSERT_EQ(result.chunks.size(), 1U);
  EXPECT_EQ(result.chunks[0].end(), 21'013);
  EXPECT_EQ(result.chunks[0].samples.size(), static_cast<std::size_t>(result.chunks[0].length()));
}

TEST(ChunkPlannerTest, LongSilencesAreCutOutAndShortOnesStay) {
  const Plan result = plan(speech_at({{1, 4}, {4.8, 5.8}, {60, 65}}, 70));
  ASSERT_EQ(result.chunks.size(), 1U);
  ASSERT_EQ(result.chunks[0].pieces.size(), 2U);
  EXPECT_NEAR(seconds(result.chunks[0].pieces[0].length), 5.4, 0.05);
  EXPECT_NEAR(seconds(result.chunks[0].pieces[1].source_begin), 59.7, 0.03);
  EXPECT_EQ(result.chunks[0].overlap_after, 0);
}

TEST(ChunkPlannerTest, ACutGoesThroughTheMiddleOfAPause) {
  const Plan result = plan(speech_at({{0, 25}, {25.6, 60}}, 60));
  ASSERT_GE(result.chunks.size(), 2U);
  EXPECT_EQ(result.chunks[0].overlap_after, 0);
  EXPECT_EQ(result.chunks[1].overlap_before, 0);
  EXPECT_NEAR(seconds(result.chunks[0].end()), 25.3, 0.03);
  EXPECT_EQ(result.chunks[1].begin(), result.chunks[0].end());
}

TEST(ChunkPlannerTest, SpeechWithoutPausesIsCutWithAnOverlapAtItsQuietestPlace) {
  NumberedRecording recording = speech_at({{0, 60}}, 60);
  // Number 14 is the softest level there is, and every other word here is louder.
  for (NumberedWord& word : recording.words) word.number = 13 + 14 * word.number;
  recording.words[48].number = 14;  // 24.0 s to 24.5 s
  const Plan result = plan(recording);
  ASSERT_EQ(result.chunks.size(), 3U);
  EXPECT_NEAR(seconds(result.chunks[1].cut_before), 24.25, 0.3);
  EXPECT_NEAR(seconds(result.chunks[1].overlap_before), 2.5, 0.05);
  EXPECT_EQ(result.chunks[1].begin() + result.chunks[1].overlap_before, result.chunks[0].end());
  EXPECT_EQ(result.chunks[0].overlap_after, result.chunks[1].overlap_before);
  EXPECT_EQ(result.speech, Millis(60'000));
}

TEST(ChunkPlannerTest, WhatBarelyExceedsOneChunkIsSharedByTwo) {
  const Plan with_pauses = plan(speech_at({{0, 3}, {3.5, 16}, {16.5, 28}, {28.4, 31}}, 31));
  ASSERT_EQ(with_pauses.chunks.size(), 2U);
  EXPECT_NEAR(seconds(with_pauses.chunks[0].length()), 16.25, 0.1);
  const Plan without = plan(speech_at({{0, 31}}, 31));
  ASSERT_EQ(without.chunks.size(), 2U);
  EXPECT_GT(without.chunks[0].length(), 8 * kSecond);
  EXPECT_GT(without.chunks[1].length(), 8 * kSecond);
}

TEST(ChunkPlannerTest, ChunksAreWellFilled) {
  NumberedRecording recording;
  for (int i = 0; i < 200; ++i) add_words(recording, i * 5 * kSecond, (i * 5 + 4) * kSecond + kSecond / 2);
  recording.length = 1'000 * kSecond;
  const Plan result = plan(recording);
  EXPECT_LE(result.chunks.size(), 41U);  // 25 s each
  for (std::size_t i = 0; i + 2 < result.chunks.size(); ++i) {
    EXPECT_GT(result.chunks[i].length(), 29 * kSecond * 6 / 10);
  }
}

TEST(ChunkPlannerTest, ManyHoursTakeNoMoreMemoryThanAMinute) {
#ifdef VAT_SANITIZED
  constexpr int kHours = 1;
#else
  constexpr int kHours = 10;
#endif
  NumberedRecording recording;
  const std::int64_t hours = kHours * 3'600 * kSecond;
  add_words(recording, 0, 300 * kSecond);
  add_words(recording, hours - 300 * kSecond, hours);  // and silence between them
  recording.length = hours;
  NumberedSource source(recording);
  NumberedDetector detector(512);
  const Plan result = plan(source, detector);
  EXPECT_EQ(result.position, std::chrono::hours(kHours));
  EXPECT_LT(result.max_held, static_cast<std::size_t>(2 * 29 * kSecond));
}

TEST(ChunkPlannerTest, AChunkCarriesTheSpeechProbabilityOfEachFrame) {
  const Plan result = plan(speech_at({{3, 8}}, 20));
  const Chunk& chunk = result.chunks.at(0);
  EXPECT_EQ(chunk.speech_frame, 320U);
  ASSERT_EQ(chunk.speech.size(), (chunk.samples.size() + 319) / 320);
  EXPECT_LT(chunk.speech.front(), 0.2F);
  EXPECT_GT(chunk.speech[chunk.speech.size() / 2], 0.5F);
}

/// Gives every frame the same probability.
class ConstantDetector : public SpeechDetector {
 public:
  explicit ConstantDetector(float probability) : probability_(probability) {}
  [[nodiscard]] std::string name() const override { return "constant"; }
  [[nodiscard]] std::size_t frame_samples() const override { return 512; }
  [[nodiscard]] Result<> detect(std::span<const float> samples, std::vector<float>& probabilities) override {
    probabilities.insert(probabilities.end(), samples.size() / 512, probability_);
    return {};
  }

 private:
  float probability_;
};

TEST(ChunkPlannerTest, DigitalSilenceThatADetectorTakesForSpeechIsCutAllTheSame) {
  NumberedSource source(speech_at({}, 100));
  ConstantDetector detector(1);
  const Plan result = plan(source, detector);
  ASSERT_GE(result.chunks.size(), 4U);
  EXPECT_EQ(result.speech, Millis(100'000));
  for (const Chunk& chunk : result.chunks) EXPECT_LE(chunk.length(), 29 * kSecond);
}

TEST(ChunkPlannerTest, ADetectorThatAnswersNoNumberHearsNothing) {
  NumberedSource source(speech_at({{1, 9}}, 10));
  ConstantDetector detector(std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(plan(source, detector).chunks.empty());
}

TEST(ChunkPlannerTest, FoolishOptionsAreBroughtIntoReason) {
  PlanOptions options;
  options.longest = Millis(-5);
  options.fill = 7;
  options.onset = 0.1F;
  options.offset = 0.9F;
  options.padding = Millis(-1);
  options.overlap = Millis(1'000'000);
  options.longest_silence = Millis(-1);
  const Plan result = plan(speech_at({{0, 20}}, 20), options);
  EXPECT_GE(result.chunks.size(), 10U);
  for (const Chunk& chunk : result.chunks) EXPECT_LE(chunk.length(), 2 * kSecond);
}

class FailingSource : public AudioSource {
 public:
  [[nodiscard]] Result<std::size_t> read(std::span<float> /*out*/) override {
    return fail(ErrorCode::kBadMedia, "The file talk.mp4 is damaged.");
  }
  [[nodiscard]] std::optional<Millis> duration() const override { return std::nullopt; }
};

TEST(ChunkPlannerTest, AFailureOfTheSourceIsPassedOn) {
  FailingSource source;
  NumberedDetector detector;
  ChunkPlanner planner(source, detector);
  EXPECT_EQ(planner.next().error().code, ErrorCode::kBadMedia);
}

TEST(ChunkPlannerTest, TheSameRecordingGivesTheSameKeys) {
  std::mt19937 random(5);
  const NumberedRecording recording = make_numbered_recording({.length = Millis(200'000)}, random);
  const Plan first = plan(recording);
  const Plan second = plan(recording);
  ASSERT_EQ(first.chunks.size(), second.chunks.size());
  for (std::size_t i = 0; i < first.chunks.size(); ++i)
    EXPECT_EQ(first.chunks[i].key(), second.chunks[i].key());
  EXPECT_NE(first.chunks[0].key(), first.chunks[1].key());
}

}  // namespace
}  // namespace vat::asr

#include "asr/recovery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "asr/segment_words.h"

namespace vat::asr {
namespace {

/// Always says the same, in the time of its window.
class Parrot : public Recognizer {
 public:
  explicit Parrot(std::vector<Word> words, float log_probability = 0)
      : words_(std::move(words)), log_probability_(log_probability) {}
  Result<ChunkText> recognize(std::span<const float>, const RecognitionOptions& options,
                              std::stop_token) override {
    EXPECT_TRUE(options.half_context);  // for half the time
    temperatures.push_back(options.temperature);
    ChunkText text;
    if (words_.empty()) return text;
    set_words(text.segments.emplace_back(), words_);
    text.segments.back().average_log_probability = log_probability_;
    return text;
  }
  Result<DetectedLanguage> detect_language(std::span<const float>, std::stop_token) override {
    return DetectedLanguage{"en", 1};
  }

  std::vector<float> temperatures;  ///< That it was asked with.

 private:
  std::vector<Word> words_;
  float log_probability_;
};

Word word(const char* text, int start, int end) { return {Millis(start), Millis(end), text}; }

/// Speech from 0.8 s to its end at 8 s, so that the window begins at 0.5 s, of which only the first and the
/// last words are known.
std::vector<Segment> recover(const std::vector<Word>& known, Parrot& parrot, std::size_t frames = 400) {
  constexpr std::size_t kSamples = 320;
  Chunk chunk;
  const std::size_t samples = kSamples * frames;
  chunk.pieces = {{.source_begin = 0, .length = static_cast<std::int64_t>(samples)}};
  chunk.samples.resize(samples);
  chunk.speech.assign(frames, 0.9F);
  std::fill_n(chunk.speech.begin(), 40, 0.0F);
  chunk.speech_frame = kSamples;
  ChunkText text;
  set_words(text.segments.emplace_back(), known);
  EXPECT_TRUE(recover_speech(parrot, chunk, {}, text, {}));
  return text.segments;
}

std::vector<Segment> recover(const std::vector<Word>& known, const std::vector<Word>& again) {
  Parrot parrot(again);
  return recover(known, parrot);
}

std::string recovered(const std::vector<Word>& known, const std::vector<Word>& again) {
  std::string all;
  for (const Segment& segment : recover(known, again)) all += (all.empty() ? "" : " ") + segment.text;
  return all;
}

TEST(RecoveryTest, AWordThatIsSaidTwiceAtTheEdgeIsNotTakenForItsNeighbour) {
  EXPECT_EQ(recovered({word("five", 800, 1'300), word("nine", 6'500, 7'800)},
                      {word("five", 300, 800), word("five", 1'200, 1'600), word("six", 2'500, 3'000),
                       word("seven", 3'500, 4'000), word("nine", 5'000, 5'500), word("nine", 6'100, 6'500)}),
            "five five six seven nine nine");
}

TEST(RecoveryTest, WordsThatWerePlacedTooLateMoveToWhereTheyAreSaid) {
  const std::vector<Segment> segments =
      recover({word("and", 6'500, 6'600), word("so", 6'600, 6'700), word("my", 6'700, 6'800),
               word("fellow", 6'800, 6'900), word("Americans", 6'900, 7'200), word("ask", 7'200, 7'800)},
              {word("and", 400, 900), word("so", 1'400, 1'900), word("my", 2'400, 2'900),
               word("fellow", 3'500, 4'000), word("Ameri", 4'600, 5'400)});
  ASSERT_EQ(segments.size(), 1U);
  EXPECT_EQ(segments[0].text, "and so my fellow Americans ask");
  EXPECT_EQ(segments[0].start, Millis(900));
  EXPECT_EQ(segments[0].words[4].start, Millis(5'100));
  EXPECT_EQ(segments[0].words[4].end, Millis(5'900));
  EXPECT_EQ(segments[0].words[5].start, Millis(7'200));
}

TEST(RecoveryTest, OneWordThatAnotherBeginsWithIsAnother) {
  EXPECT_EQ(recovered({word("American", 6'500, 7'800)}, {word("and", 2'200, 2'600), word("a", 4'500, 5'000)}),
            "and a American");
}

TEST(RecoveryTest, ANeighbourThatWasPlacedTooEarlyIsNotDoubled) {
  EXPECT_EQ(recovered({word("five", 0, 400), word("nine", 6'500, 7'800)},
                      {word("five", 1'400, 1'900), word("six", 2'500, 3'000), word("seven", 3'500, 4'000)}),
            "five six seven nine");
}

TEST(RecoveryTest, WhatWasSurelyHeardIsNotAskedForAtAnotherTemperature) {
  const auto attempts = [](Parrot parrot) {
    recover({word("five", 800, 1'300), word("nine", 6'500, 7'800)}, parrot);
    return parrot.temperatures;
  };
  const std::vector<Word> known{word("five", 300, 800)};
  EXPECT_EQ(attempts(Parrot(known, -0.3F)), (std::vector<float>{0, 0}));
  EXPECT_EQ(attempts(Parrot(known, -0.5F)), (std::vector<float>{0, 0, 0.4F}));
  EXPECT_EQ(attempts(Parrot({})), (std::vector<float>{0, 0, 0.4F}));

  constexpr std::size_t kFrames = 160;  // of which 1.3 s are speech without words
  Parrot sure(known, -0.3F);
  recover({word("five", 800, 1'300), word("nine", 3'200, 3'200)}, sure, kFrames);
  EXPECT_EQ(sure.temperatures, (std::vector<float>{0}));
  Parrot unsure(known, -0.5F);
  recover({word("five", 800, 1'300), word("nine", 3'200, 3'200)}, unsure, kFrames);
  EXPECT_EQ(unsure.temperatures, (std::vector<float>{0, 0, 0.4F}));
}

}  // namespace
}  // namespace vat::asr

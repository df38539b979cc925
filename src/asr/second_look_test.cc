#include "asr/second_look.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "asr/segment_words.h"

namespace vat::asr {
namespace {

constexpr std::size_t kSecondLookFrame = 320;

Segment said(const std::string& text, int start, int end, float log_probability = -0.1F) {
  Segment segment{.start = Millis(start), .end = Millis(end), .text = text};
  set_words(segment, estimate_words(segment));
  segment.average_log_probability = log_probability;
  return segment;
}

/// Says one thing, and knows what it was given.
class Listener : public Recognizer {
 public:
  explicit Listener(Segment says) : says_(std::move(says)) {}
  Result<ChunkText> recognize(std::span<const float> samples, const RecognitionOptions& options,
                              std::stop_token /*stop*/) override {
    EXPECT_TRUE(options.half_context);  // for half the time
    windows_.push_back(samples_to_time(static_cast<std::int64_t>(samples.size())));
    return ChunkText{.segments = {says_}};
  }
  Result<DetectedLanguage> detect_language(std::span<const float> /*samples*/,
                                           std::stop_token /*stop*/) override {
    return DetectedLanguage{"en", 1};
  }
  std::vector<Millis> windows_;

 private:
  Segment says_;
};

/// Speech from 0 to 2 s and from 5 to 8 s, or all the time, which is half a minute.
std::vector<std::string> looked_at(Listener& listener, std::vector<Segment> segments,
                                   bool everywhere = false) {
  constexpr std::size_t kFrames = 1'500;
  Chunk chunk;
  chunk.pieces = {{.source_begin = 0, .length = kSecondLookFrame * kFrames}};
  chunk.samples.resize(kSecondLookFrame * kFrames);
  chunk.speech.assign(kFrames, everywhere ? 0.9F : 0.0F);
  std::fill_n(chunk.speech.begin(), 100, 0.9F);
  std::fill_n(chunk.speech.begin() + 250, 150, 0.9F);
  chunk.speech_frame = kSecondLookFrame;
  ChunkText text{.segments = std::move(segments), .language = "en"};
  EXPECT_TRUE(look_again_at_guesses(listener, chunk, {}, text, {}));
  std::vector<std::string> texts;
  for (const Segment& segment : text.segments) texts.push_back(segment.text);
  return texts;
}

using Texts = std::vector<std::string>;
const std::string kAll = "He might even have been made amiable himself.";
const Segment kFirst = said("The quick brown fox jumps.", 0, 2'000);

TEST(SecondLookTest, AGuessWithHardlyAnyTextGetsAWindowOfItsOwn) {
  Listener listener(said(kAll, 300, 3'200));
  EXPECT_EQ(looked_at(listener, {kFirst, said("amiable himself.", 5'400, 8'000, -0.6F)}),
            (Texts{kFirst.text, kAll}));
  // All of that speech, and 150 ms on both sides, from the frame before on.
  EXPECT_EQ(listener.windows_, std::vector<Millis>{Millis(3'310)});
}

TEST(SecondLookTest, WhatIsLikelyOrLongEnoughIsNotLookedAt) {
  Listener listener(said(kAll, 300, 3'200));
  for (const Segment& second :
       {said("amiable himself.", 5'400, 8'000, -0.3F), said(kAll, 5'000, 8'000, -0.45F),
        said("amiable himself.", 5'000, 6'400, -0.6F)})
    EXPECT_EQ(looked_at(listener, {kFirst, second}), (Texts{kFirst.text, second.text}));
  EXPECT_TRUE(listener.windows_.empty());
}

TEST(SecondLookTest, AShortGuessStaysUnlessThereAreMoreWordsWhichAreLikelier) {
  const Segment guess = said("amiable himself.", 5'000, 8'000, -0.6F);
  Listener less_likely(said(kAll, 300, 3'200, -0.7F));
  EXPECT_EQ(looked_at(less_likely, {kFirst, guess}), (Texts{kFirst.text, guess.text}));
  Listener shorter(said("himself himself", 300, 3'200));
  EXPECT_EQ(looked_at(shorter, {kFirst, guess}), (Texts{kFirst.text, guess.text}));
}

const std::string kAsk = "And so my fellow Americans ask not";

TEST(SecondLookTest, WordsThatAreHardlyLikelyMayBecomeLikelierOnes) {
  const Segment guess = said("And so my fellow Americans asked not to be", 5'000, 8'000, -0.6F);
  Listener listener(said(kAsk, 300, 3'200, -0.4F));
  EXPECT_EQ(looked_at(listener, {kFirst, guess}), (Texts{kFirst.text, kAsk}));
  EXPECT_EQ(listener.windows_.size(), 1U);
  const Segment more = said("And so my fellow Americans asked not to be a cop", 5'000, 8'000, -1);
  EXPECT_EQ(looked_at(listener, {kFirst, more}), (Texts{kFirst.text, kAsk}));
}

TEST(SecondLookTest, OfSuchWordsNoneAreAddedAndOnlyAFewAreLost) {
  const Segment guess = said("And so my fellow Americans asked not", 5'000, 8'000, -0.6F);
  const auto stays = [&guess](const std::string& text, float log_probability) {
    Listener listener(said(text, 300, 3'200, log_probability));
    EXPECT_EQ(looked_at(listener, {kFirst, guess}), (Texts{kFirst.text, guess.text})) << text;
    EXPECT_EQ(listener.windows_.size(), 1U);
  };
  stays(kAsk, -0.55F);
  stays(kAsk + " to", -0.1F);
  stays("my fellow Americans ask", -0.1F);
}

TEST(SecondLookTest, WindowsEndWhereTheSegmentsBesideDo) {
  Listener listener(said("Yes, and more", 0, 1'000));
  looked_at(listener, {kFirst, said("amiable", 5'000, 6'600, -0.6F), said("himself", 6'600, 7'000)});
  EXPECT_EQ(listener.windows_, std::vector<Millis>{Millis(1'760)});
}

TEST(SecondLookTest, WhatOverlapsTheSegmentsBesideStays) {
  Listener listener(said(kAll, 0, 3'000));
  EXPECT_EQ(looked_at(listener, {said("The quick", 0, 9'000), said("amiable", 5'000, 8'000, -0.6F)}),
            (Texts{"The quick", "amiable"}));
  EXPECT_TRUE(listener.windows_.empty());
}

TEST(SecondLookTest, NoiseDoesNotCostManyWindows) {
  Listener listener(said("oh", 0, 1'000, -2.0F));
  std::vector<Segment> many;
  for (int second = 0; second < 27; second += 3)
    many.push_back(said("uh", second * 1'000, second * 1'000 + 3'000, -1.0F));
  EXPECT_EQ(looked_at(listener, many, true), Texts(9, "uh"));
  EXPECT_EQ(listener.windows_.size(), 3U);
}

}  // namespace
}  // namespace vat::asr

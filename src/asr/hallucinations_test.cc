#include "asr/hallucinations.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "asr/segment_words.h"

namespace vat::asr {
namespace {

constexpr std::size_t kFrame = 320;  // 20 ms

/// A segment with words of equal length, each its share of the time.
Segment said(const std::string& text, Millis start, Millis end) {
  Segment segment{.start = start, .end = end, .text = text};
  segment.average_log_probability = -0.3F;
  segment.words = estimate_words(segment);
  return segment;
}

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += (i == 0 ? "" : " ") + text;
  return all;
}

/// Ten seconds, of which those from `begin` to `end` are speech.
std::vector<float> speech_from(int begin, int end) {
  std::vector<float> mask(500, 0.01F);
  for (int i = begin * 50; i < end * 50; ++i) mask[static_cast<std::size_t>(i)] = 0.9F;
  return mask;
}

struct Filtered {
  std::vector<std::string> texts;
  Removed removed;  ///< The counts.
  std::vector<RemovedPassage> passages;
};

Filtered filter(std::vector<Segment> segments, const std::vector<float>& speech = {}) {
  ChunkText text{.segments = std::move(segments), .language = "en", .language_probability = 1, .removed = {}};
  Filtered result;
  result.removed = filter_hallucinations(text, speech, kFrame);
  EXPECT_EQ(text.removed, result.removed);
  result.passages = std::exchange(result.removed.passages, {});
  for (const Segment& segment : text.segments) {
    result.texts.push_back(segment.text);
    if (!segment.words.empty()) {
      EXPECT_EQ(segment.text, join_words(segment.words));
    }
    EXPECT_EQ(segment.compression_ratio, compression_ratio(segment.text));
  }
  return result;
}

using Texts = std::vector<std::string>;

TEST(HallucinationsTest, WhatTheEngineTakesForSilenceGoesOnlyWhenItIsUnsureOfItsWordsToo) {
  Segment silent = said("So we went on.", Millis(0), Millis(2'000));
  silent.no_speech_probability = 0.8F;
  silent.average_log_probability = -1.2F;
  EXPECT_EQ(filter({silent}).texts, Texts{});
  EXPECT_EQ(filter({silent}).removed, (Removed{.silence_segments = 1, .repetition_segments = 0, .words = 4}));
  silent.average_log_probability = -0.5F;
  EXPECT_EQ(filter({silent}).texts, Texts{"So we went on."});
}

TEST(HallucinationsTest, TextWhereNobodySpeaksGoes) {
  const auto result = filter({said("Real words.", Millis(1'000), Millis(2'500)),
                              said("Invented words.", Millis(5'000), Millis(7'000))},
                             speech_from(1, 3));
  EXPECT_EQ(result.texts, Texts{"Real words."});
  EXPECT_EQ(result.removed, (Removed{.silence_segments = 1, .repetition_segments = 0, .words = 2}));
}

TEST(HallucinationsTest, TextWhoseTimesAreALittleOffStays) {
  EXPECT_EQ(filter({said("Late.", Millis(3'200), Millis(3'600))}, speech_from(1, 3)).texts, Texts{"Late."});
  EXPECT_EQ(filter({said("Early.", Millis(300), Millis(800))}, speech_from(1, 3)).texts, Texts{"Early."});
}

TEST(HallucinationsTest, WhatWasRemovedIsKeptWithItsReason) {
  Segment silent = said("So we went on.", Millis(0), Millis(2'000));
  silent.no_speech_probability = 0.8F;
  silent.average_log_probability = -1.2F;
  const auto result = filter(
      {silent, said("Thank you.", Millis(2'500), Millis(6'000)),
       said("Invented words.", Millis(7'000), Millis(8'000)), said("Hm?", Millis(9'000), Millis(9'900))},
      speech_from(2, 3));
  ASSERT_EQ(result.passages.size(), 4U);
  EXPECT_EQ(result.passages[0],
            (RemovedPassage{Millis(0), Millis(2'000), "So we went on.", RemovalReason::kSilence}));
  EXPECT_EQ(result.passages[1].reason, RemovalReason::kStockPhrase);
  EXPECT_EQ(result.passages[2].reason, RemovalReason::kNoSpeech);
  EXPECT_EQ(result.passages[3].text, "Hm?");
}

TEST(HallucinationsTest, AStockPhraseGoesWhenTheEngineIsUnsureOfIt) {
  Segment thanks = said("ご視聴ありがとうございました", Millis(3'000), Millis(5'000));
  auto some = speech_from(0, 3);
  for (std::size_t i = 150; i < 190; ++i) some[i] = 0.9F;  // 0.8 of its 2 s
  EXPECT_EQ(filter({thanks}, some).texts.size(), 1U);
  thanks.average_log_probability = -1.3F;
  EXPECT_EQ(filter({thanks}, some).texts, Texts{});
  EXPECT_EQ(filter({thanks}, speech_from(0, 9)).texts.size(), 1U) << "somebody says it, if unclearly";
  Segment other = said("Some other words!", Millis(3'000), Millis(5'000));
  other.average_log_probability = -1.3F;
  EXPECT_EQ(filter({other}, some).texts.size(), 1U);
}

TEST(HallucinationsTest, AStockPhraseGoesWhereThereIsHardlyAnySpeechAndStaysWhereItIsSaid) {
  const Segment thanks = said("Thanks for watching!", Millis(3'000), Millis(8'000));
  EXPECT_EQ(filter({thanks}, speech_from(2, 3)).texts, Texts{});
  auto blip = speech_from(0, 0);
  for (std::size_t i = 300; i < 310; ++i) blip[i] = 0.5F;
  EXPECT_EQ(filter({thanks}, blip).texts, Texts{});
  EXPECT_EQ(filter({said("Some other words!", Millis(3'000), Millis(8'000))}, blip).texts,
            Texts{"Some other words!"});
  EXPECT_EQ(filter({thanks}, speech_from(4, 7)).texts, Texts{"Thanks for watching!"});
  EXPECT_EQ(filter({thanks}).texts, Texts{"Thanks for watching!"});
}

TEST(HallucinationsTest, WithoutADetectorAStockPhraseGoesWhenTheEngineDoubtsThatThereWasSpeech) {
  Segment thanks = said("Untertitel der Amara.org-Community", Millis(0), Millis(2'000));
  thanks.no_speech_probability = 0.9F;
  EXPECT_EQ(filter({thanks}).texts, Texts{});
}

TEST(HallucinationsTest, WordsThatPeopleRepeatStay) {
  const Texts natural = {"No, no, no!", "No no no no no no.", "Very, very, very good.",
                         "Bye bye. Bye bye. Bye bye."};
  for (const std::string& text : natural) {
    const auto words = static_cast<int>(estimate_words({.text = text}).size());
    const auto result = filter({said(text, Millis(0), Millis(300 * words))});
    EXPECT_EQ(result.texts, Texts{text});
    EXPECT_EQ(result.removed, Removed{});
  }
}

TEST(HallucinationsTest, AChorusOfThreeLinesStays) {
  std::vector<Segment> chorus;
  for (int i = 0; i < 3; ++i) {
    chorus.push_back(said("We will, we will rock you.", Millis(i * 3'000), Millis(i * 3'000 + 2'900)));
  }
  EXPECT_EQ(filter(chorus).texts.size(), 3U);
}

TEST(HallucinationsTest, EvenThreeQuickNoesStay) {
  EXPECT_EQ(filter({said("No no no", Millis(0), Millis(300))}).texts, Texts{"No no no"});
}

TEST(HallucinationsTest, ALoopAtANaturalPaceIsKnownByItsCompression) {
  const auto result =
      filter({said("Hello. " + times(20, "I'm going to the store."), Millis(0), Millis(28'000))});
  EXPECT_EQ(result.texts, Texts{"Hello. I'm going to the store."});
  EXPECT_EQ(result.removed, (Removed{.silence_segments = 0, .repetition_segments = 1, .words = 95}));
  ASSERT_EQ(result.passages.size(), 1U);
  EXPECT_EQ(result.passages[0].text, times(19, "I'm going to the store."));
  EXPECT_EQ(result.passages[0].reason, RemovalReason::kRepetition);
}

/// Half a second a word, all of one confidence.
Segment said_surely(const std::string& text, Millis start, Millis each, float confidence) {
  const auto count = static_cast<int>(estimate_words({.text = text}).size());
  Segment segment = said(text, start, start + each * count);
  segment.words = estimate_words(segment);
  for (Word& word : segment.words) word.confidence = confidence;
  return segment;
}

TEST(HallucinationsTest, AHastyUnsureEchoAtTheEndGoes) {
  const Segment before = said_surely("Selfish is to be ill-disposed. Ask not", Millis(0), Millis(500), 0.95F);
  const Segment echo = said_surely("to be ill-disposed.", Millis(4'000), Millis(200), 0.35F);
  const auto result = filter({before, echo});
  EXPECT_EQ(result.texts, Texts{before.text});
  ASSERT_EQ(result.passages.size(), 1U);
  EXPECT_EQ(result.passages[0].text, echo.text);
}

TEST(HallucinationsTest, WhatSomebodyRepeatsAtTheEndStays) {
  const Segment before = said_surely("Selfish is to be ill-disposed. Ask not", Millis(0), Millis(500), 0.95F);
  const auto stays = [&](const Segment& again) { return filter({before, again}).texts.size() == 2; };
  EXPECT_TRUE(stays(said_surely("to be ill-disposed.", Millis(4'000), Millis(500), 0.35F))) << "slow";
  EXPECT_TRUE(stays(said_surely("to be ill-disposed.", Millis(4'000), Millis(200), 0.9F))) << "sure";
  EXPECT_TRUE(stays(said_surely("be ill-disposed.", Millis(4'000), Millis(200), 0.35F))) << "short";
  EXPECT_TRUE(stays(said_surely("to be ill-disposed today.", Millis(4'000), Millis(200), 0.35F)))
      << "no echo";
}

TEST(HallucinationsTest, ALoopOverSegmentsKeepsTheFirst) {
  std::vector<Segment> segments = {said("And then?", Millis(0), Millis(1'000))};
  for (int i = 1; i <= 9; ++i)
    segments.push_back(said("I don't know what.", Millis(i * 1'000), Millis(i * 1'000 + 900)));
  segments.push_back(said("Well, goodbye.", Millis(10'000), Millis(11'000)));
  const auto result = filter(segments);
  EXPECT_EQ(result.texts, (Texts{"And then?", "I don't know what.", "Well, goodbye."}));
  EXPECT_EQ(result.removed, (Removed{.silence_segments = 0, .repetition_segments = 8, .words = 32}));
}

TEST(HallucinationsTest, ALoopFasterThanAnybodySpeaksIsKnownByItsPace) {
  const auto result = filter({said("Yes. " + times(3, "a cup of tea"), Millis(0), Millis(1'200))});
  EXPECT_EQ(result.texts, Texts{"Yes. a cup of tea"});
}

TEST(HallucinationsTest, ALoopOfWordsThatTakeNoTimeIsKnownByThat) {
  Segment segment = said(times(3, "a cup of tea"), Millis(0), Millis(6'000));
  for (std::size_t i = 4; i < segment.words.size(); ++i) {
    segment.words[i].start = segment.words[i].end =
        i + 1 < segment.words.size() ? Millis(2'000) : Millis(6'000);
  }
  EXPECT_EQ(filter({segment}).texts, Texts{"a cup of tea"});
}

TEST(HallucinationsTest, ARoundThatTheEngineDidNotFinishGoesToo) {
  const auto result = filter({said(times(9, "over and out there") + " over and", Millis(0), Millis(15'000))});
  EXPECT_EQ(result.texts, Texts{"over and out there"});
}

TEST(HallucinationsTest, ALoopIsFoundInTextWithoutWordTimes) {
  Segment segment = said(times(12, "thank you all"), Millis(0), Millis(12'000));
  segment.words.clear();
  EXPECT_EQ(filter({segment}).texts, Texts{"thank you all"});
}

TEST(HallucinationsTest, ChineseSyllablesMayBeFasterThanEnglishWords) {
  Segment segment{.start = Millis(0), .end = Millis(1'000), .text = "谢谢谢谢谢谢谢谢谢"};
  for (int i = 0; i < 9; ++i) {
    segment.words.push_back({Millis(i * 110), Millis(i * 110 + 110), "谢", 0.9F, i > 0});
  }
  EXPECT_EQ(filter({segment}).texts.at(0), segment.text);
}

TEST(HallucinationsTest, OrdinaryTextIsLeftAlone) {
  const Texts speech = {"And so, my fellow Americans,", "ask not what your country can do for you,",
                        "ask what you can do for your country."};
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < speech.size(); ++i) {
    segments.push_back(said(speech[i], Millis(3'000 * i), Millis(3'000 * i + 2'800)));
  }
  const auto result = filter(segments, speech_from(0, 9));
  EXPECT_EQ(result.texts, speech);
  EXPECT_EQ(result.removed, Removed{});
}

TEST(HallucinationsTest, CompressionRatioIsWhispers) {
  EXPECT_EQ(compression_ratio(""), 0);
  // len(text) / len(zlib.compress(text)) in Python.
  EXPECT_FLOAT_EQ(compression_ratio("Hello, world."), 13.0F / 21.0F);
  EXPECT_GT(compression_ratio(times(20, "I'm going to the store.")), 2.4F);
}

}  // namespace
}  // namespace vat::asr

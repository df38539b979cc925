#include "pipeline/takes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vat::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Three sentences of 100 samples with 50 of silence before each, and 20 behind the last.
SpeechTakes three() {
  SpeechTakes takes{
      .speech_id = "id", .title = "talk", .loudness = -16, .level = {{4.5, true}}, .total = 470};
  for (const std::int64_t begin : {50, 200, 350})
    takes.sentences.push_back(
        {{{.text = "Hello.", .voice = "flite:slt", .begin = begin, .end = begin + 100}}});
  return takes;
}

Take longer() {
  return {.text = "Hello there.", .voice = "flite:rms", .file = "other", .begin = 0, .end = 180};
}

tts::SpokenText spoken(const std::string& text, std::int64_t begin, std::int64_t end, std::size_t cue = 0) {
  tts::SpokenText made;
  made.text = made.source = text;
  made.voice = "flite:slt";
  made.begin = begin;
  made.finish = end;
  made.cue = cue;
  return made;
}

TEST(SpeechTakesTest, ANewTakeMovesWhatFollowsItAndKeepsThePauses) {
  SpeechTakes takes = three();
  EXPECT_THAT(places_of(takes), ElementsAre(Place{50, 150}, Place{200, 300}, Place{350, 450}));
  EXPECT_EQ(length_of(takes, places_of(takes)), 470);
  add_take(takes, 1, longer());
  EXPECT_THAT(places_of(takes), ElementsAre(Place{50, 150}, Place{200, 380}, Place{430, 530}));
  EXPECT_EQ(length_of(takes, places_of(takes)), 550);
}

TEST(SpeechTakesTest, InADubOnlyWhatHasToWaitIsMoved) {
  SpeechTakes takes = three();
  takes.timed = true;
  add_take(takes, 0, longer());
  EXPECT_THAT(places_of(takes), ElementsAre(Place{50, 230}, Place{230, 330}, Place{350, 450}));
  EXPECT_EQ(length_of(takes, places_of(takes)), 470);
}

TEST(SpeechTakesTest, TheFirstTakeAndTheNewestOnesAreKept) {
  SpeechTakes takes = three();
  for (int i = 0; i < 20; ++i) {
    Take take = longer();
    take.file = std::to_string(i);
    add_take(takes, 2, take);
  }
  const auto& kept = takes.sentences[2].takes;
  ASSERT_THAT(kept, SizeIs(kMaxTakes));
  EXPECT_EQ(kept.front().file, "");
  EXPECT_EQ(kept[1].file, "11");
  EXPECT_EQ(kept.back().file, "19");
}

TEST(SpeechTakesTest, TheListComesBackFromItsJson) {
  SpeechTakes takes = three();
  add_take(takes, 1, longer());
  takes.sentences[0].takes[0].text = "\"Ω\"\n<speak>";
  takes.sentences[0].takes[0].speed = 1.25;
  const auto read = takes_from_json(to_json(takes));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, takes);
  takes.loudness.reset();
  takes.level.reset();
  EXPECT_EQ(takes_from_json(to_json(takes)).value(), takes);
}

TEST(SpeechTakesTest, AListThatCannotBeIsRefused) {
  SpeechTakes overlapping = three();
  overlapping.sentences[1].takes[0].begin = 100;
  SpeechTakes beyond = three();
  beyond.total = 400;
  SpeechTakes empty = three();
  empty.sentences[1].takes.clear();
  for (const std::string& text : {std::string("{}"), std::string("["), std::string(R"({"takes_format":2})"),
                                  to_json(overlapping), to_json(beyond), to_json(empty)}) {
    const auto read = takes_from_json(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kBadData);
  }
}

TEST(SpeechTakesTest, WhatIsNotHeardIsNoSentenceAndACueIsOne) {
  tts::NarrationReport report;
  report.spoken = {spoken("One.", 0, 10, 0), spoken("♪", 10, 10, 0), spoken("Two.", 10, 30, 0),
                   spoken("Three.", 50, 60, 2)};
  EXPECT_THAT(sentences_of(report, false), SizeIs(3));
  const auto cues = sentences_of(report, true);
  ASSERT_THAT(cues, SizeIs(2));
  EXPECT_EQ(cues[0].heard().text, "One. Two.");
  EXPECT_EQ(cues[0].heard().length(), 30);
  EXPECT_THAT(sentences_of({}, true), IsEmpty());
}

}  // namespace
}  // namespace vat::pipeline

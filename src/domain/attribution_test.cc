#include "domain/attribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/text.h"

namespace vat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Words of 300 ms, every 400 ms from `start`.
Segment said(std::int64_t start, std::string_view text) {
  Segment segment;
  Millis at(start);
  while (!text.empty()) {
    segment.words.push_back(
        {.start = at, .end = at + Millis(300), .text = std::string(take_part(text, ' ')), .confidence = 1});
    at += Millis(400);
  }
  segment.start = segment.words.front().start;
  segment.end = segment.words.back().end;
  segment.text = join_words(segment.words);
  return segment;
}

SpeakerTurn turn(std::int64_t start, std::int64_t end, std::size_t speaker) {
  return {Millis(start), Millis(end), speaker};
}

/// "S1: Hello there." for each segment.
std::vector<std::string> shown(const Transcript& transcript) {
  std::vector<std::string> lines;
  for (const Segment& segment : transcript.segments)
    lines.push_back((segment.speaker.empty() ? "?" : segment.speaker) + (segment.overlapped ? "+" : "") +
                    ": " + segment.text);
  EXPECT_TRUE(check_times(transcript));
  EXPECT_TRUE(check_speakers(transcript));
  return lines;
}

std::vector<std::string> attributed(std::vector<Segment> segments, std::vector<SpeakerTurn> turns) {
  Transcript transcript;
  transcript.segments = std::move(segments);
  attribute_speakers(transcript, std::move(turns));
  return shown(transcript);
}

TEST(AttributionTest, ASegmentIsSplitWhereTheSpeakerChanges) {
  EXPECT_THAT(attributed({said(0, "How are you? I am fine.")}, {turn(0, 1'150, 1), turn(1'150, 3'000, 0)}),
              ElementsAre("S1: How are you?", "S2: I am fine."));
}

TEST(AttributionTest, SpeakersAreNumberedByTheirFirstWords) {
  Transcript transcript;
  transcript.segments = {said(0, "One two."), said(5'000, "Three four.")};
  attribute_speakers(transcript, {turn(9'000, 9'900, 0), turn(5'000, 6'000, 1), turn(0, 1'000, 2)},
                     {"nobody", "Ben", "Anna"});
  EXPECT_THAT(transcript.speakers,
              ElementsAre(Speaker{"S1", "Anna"}, Speaker{"S2", "Ben"}, Speaker{"S3", "nobody"}));
  EXPECT_THAT(transcript.turns, ElementsAre(turn(0, 1'000, 0), turn(5'000, 6'000, 1), turn(9'000, 9'900, 2)));
  EXPECT_THAT(shown(transcript), ElementsAre("S1: One two.", "S2: Three four."));
}

TEST(AttributionTest, AWordOutsideOfAllTurnsGoesToTheNearest) {
  EXPECT_THAT(attributed({said(0, "One."), said(1'900, "Two."), said(9'000, "Far.")},
                         {turn(0, 500, 0), turn(2'500, 3'000, 1)}),
              ElementsAre("S1: One.", "S2: Two.", "?: Far."));
}

TEST(AttributionTest, ALoneWordNeedsEvidence) {
  // "and" lies half in a turn of somebody who may only have coughed.
  EXPECT_THAT(attributed({said(0, "You and I go")}, {turn(0, 3'000, 0), turn(380, 720, 1)}),
              ElementsAre("S1+: You and I go"));
  EXPECT_THAT(
      attributed({said(0, "You yes I go")}, {turn(0, 350, 0), turn(380, 720, 1), turn(790, 3'000, 0)}),
      ElementsAre("S1: You", "S2: yes", "S1: I go"));
}

TEST(AttributionTest, ASentenceKeepsItsLastWordAndItsFirst) {
  // The turn changes within "you?", and within "Well".
  EXPECT_THAT(attributed({said(0, "How are you? Fine thanks.")}, {turn(0, 880, 0), turn(880, 3'000, 1)}),
              ElementsAre("S1: How are you?", "S2: Fine thanks."));
  EXPECT_THAT(attributed({said(0, "Go on. Well then go.")}, {turn(0, 1'000, 0), turn(1'000, 4'000, 1)}),
              ElementsAre("S1: Go on.", "S2: Well then go."));
  // Without doubt it is another's.
  EXPECT_THAT(attributed({said(0, "We went there. Right.")}, {turn(0, 750, 0), turn(800, 3'000, 1)}),
              ElementsAre("S1: We went", "S2: there. Right."));
}

TEST(AttributionTest, WhatOthersSpeakOverIsMarked) {
  EXPECT_THAT(attributed({said(0, "One two three."), said(2'000, "Four.")},
                         {turn(0, 1'200, 0), turn(700, 1'900, 1), turn(1'950, 2'500, 0)}),
              ElementsAre("S1+: One two three.", "S1: Four."));
}

TEST(AttributionTest, TextThatIsNotThatOfItsWordsStaysWhole) {
  Segment edited = said(0, "a b c");
  edited.text = "Something else";
  Segment wordless;
  wordless.start = Millis(5'000);
  wordless.end = Millis(6'000);
  wordless.text = "No words";
  EXPECT_THAT(attributed({edited, wordless}, {turn(0, 700, 0), turn(700, 5'600, 1), turn(5'600, 6'000, 0)}),
              ElementsAre("S1+: Something else", "S2+: No words"));
}

TEST(AttributionTest, NobodyIsNamedWithoutTurns) {
  Transcript transcript;
  transcript.segments = {said(0, "One two.")};
  transcript.segments[0].speaker = "S9";
  attribute_speakers(transcript, {turn(-5, 10, 0), turn(10, 10, 1), turn(0, 100, kMaxSpeakers)});
  EXPECT_THAT(shown(transcript), ElementsAre("?: One two."));
  EXPECT_THAT(transcript.speakers, IsEmpty());
  EXPECT_THAT(transcript.turns, IsEmpty());
}

TEST(AttributionTest, NoWordIsLostWhateverTheTurns) {
  std::mt19937 random(7);
  const auto any = [&](int most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
  };
  for (int round = 0; round < 200; ++round) {
    Transcript transcript;
    std::string words;
    for (int i = 0; i < 10; ++i) {
      transcript.segments.push_back(said(i * 2'000 + any(900), "a b. c d e. f"));
      words += (i > 0 ? " " : "") + transcript.segments.back().text;
    }
    std::vector<SpeakerTurn> turns;
    for (int i = 0; i < 30; ++i) {
      const std::int64_t start = any(20'000);
      turns.push_back(turn(start, start + any(3'000), static_cast<std::size_t>(any(4))));
    }
    attribute_speakers(transcript, turns);
    std::vector<std::string> heard;
    std::vector<std::string> expected;
    for (const Segment& segment : transcript.segments)
      for (const Word& word : segment.words) heard.push_back(word.text);
    for (std::string_view rest = words; !rest.empty();) expected.emplace_back(take_part(rest, ' '));
    std::sort(heard.begin(), heard.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(heard, expected);
    (void)shown(transcript);
  }
}

}  // namespace
}  // namespace vat

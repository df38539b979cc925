#include "asr/sound_marks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vat::asr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> marks_in(const std::string& text) {
  std::vector<std::string> found;
  for (const SoundMark& mark : find_sound_marks(text))
    found.push_back(text.substr(mark.begin, mark.end - mark.begin));
  return found;
}

TEST(SoundMarksTest, DescriptionsOfSoundsAreMarks) {
  EXPECT_THAT(marks_in("[Music]"), ElementsAre("[Music]"));
  EXPECT_THAT(marks_in("[BLANK_AUDIO]"), ElementsAre("[BLANK_AUDIO]"));
  EXPECT_THAT(marks_in("So. [ Laughter ] I said"), ElementsAre("[ Laughter ]"));
  EXPECT_THAT(marks_in("(crickets chirping)"), ElementsAre("(crickets chirping)"));
  EXPECT_THAT(marks_in("Good night. (applause) Thank you."), ElementsAre("(applause)"));
  EXPECT_THAT(marks_in("*sighs* All right."), ElementsAre("*sighs*"));
  EXPECT_THAT(marks_in("【音楽】"), ElementsAre("【音楽】"));
  EXPECT_THAT(marks_in("（拍手）"), ElementsAre("（拍手）"));
  EXPECT_THAT(marks_in("♪♪ ♪"), ElementsAre("♪♪ ♪"));
  EXPECT_THAT(marks_in("♪ Hello, darkness ♪"), ElementsAre("♪", "♪"));
  EXPECT_THAT(marks_in("[Music] (rain) ♪"), ElementsAre("[Music]", "(rain)", "♪"));
}

TEST(SoundMarksTest, WhatSomebodySaidIsNone) {
  EXPECT_THAT(marks_in("The Fed (which I like) said so."), IsEmpty());
  EXPECT_THAT(marks_in("(which I like) and so on"), IsEmpty());
  EXPECT_THAT(marks_in("two * three * four"), IsEmpty());
  EXPECT_THAT(marks_in("He joined Apple Inc. (AAPL)."), IsEmpty());
  EXPECT_THAT(marks_in("(IBM), the company"), IsEmpty());
  EXPECT_THAT(marks_in("(about) 5 people"), IsEmpty());
  EXPECT_THAT(marks_in("(das heißt gestern) übrigens"), IsEmpty());
  EXPECT_THAT(marks_in("(то есть вчера) Иван пришёл."), IsEmpty());
  EXPECT_THAT(marks_in("(which is closed on Mondays)"), IsEmpty());
  EXPECT_THAT(marks_in("(a+b) * 2 * 3"), IsEmpty());
  EXPECT_THAT(marks_in("array[0] equals array[first]"), IsEmpty());
  EXPECT_THAT(marks_in("[unclosed"), IsEmpty());
  EXPECT_THAT(marks_in("[] () **"), IsEmpty());
  EXPECT_THAT(marks_in("[" + std::string(200, 'a') + "]"), IsEmpty());
  EXPECT_THAT(marks_in("\xff[\xc3"), IsEmpty());
}

Segment spoken(std::vector<Word> words) {
  Segment segment;
  segment.words = std::move(words);
  segment.text = join_words(segment.words);
  segment.start = segment.words.front().start;
  segment.end = segment.words.back().end;
  return segment;
}

TEST(SoundMarksTest, MarksLeaveTheSegmentsForTheSounds) {
  ChunkText text;
  text.segments = {spoken({{Millis(0), Millis(900), "(crickets"}, {Millis(900), Millis(2'000), "chirping)"}}),
                   spoken({{Millis(3'000), Millis(3'400), "[Laughter]"},
                           {Millis(3'400), Millis(3'800), "Well,"},
                           {Millis(3'800), Millis(4'000), "yes."}})};
  take_sound_marks(text);
  ASSERT_EQ(text.segments.size(), 1U);
  EXPECT_EQ(text.segments[0].text, "Well, yes.");
  EXPECT_EQ(text.segments[0].start, Millis(3'400));
  EXPECT_THAT(text.sounds, ElementsAre(SoundEvent{Millis(0), Millis(2'000), "(crickets chirping)"},
                                       SoundEvent{Millis(3'000), Millis(3'400), "[Laughter]"}));
}

TEST(SoundMarksTest, ASegmentWithoutWordTimesLosesItsMarksToo) {
  ChunkText text;
  text.segments.resize(2);
  text.segments[0] = {.start = Millis(0), .end = Millis(2'000), .text = "[Music]"};
  text.segments[1] = {.start = Millis(2'000), .end = Millis(4'000), .text = "[Noise] Hello there."};
  take_sound_marks(text);
  ASSERT_EQ(text.segments.size(), 1U);
  EXPECT_EQ(text.segments[0].text, "Hello there.");
  EXPECT_THAT(text.segments[0].words, IsEmpty());
  EXPECT_EQ(text.sounds.size(), 2U);
  EXPECT_EQ(text.sounds[0], (SoundEvent{Millis(0), Millis(2'000), "[Music]"}));
}

TEST(SoundMarksTest, SungWordsStayAndTheirNotesAreOneSound) {
  ChunkText text;
  text.segments = {spoken({{Millis(0), Millis(500), "♪Hello,"},
                           {Millis(500), Millis(2'000), "darkness"},
                           {Millis(2'000), Millis(2'100), "♪"}})};
  take_sound_marks(text);
  ASSERT_EQ(text.segments.size(), 1U);
  EXPECT_EQ(text.segments[0].text, "Hello, darkness");
  EXPECT_THAT(text.sounds, ElementsAre(SoundEvent{Millis(0), Millis(2'100), "♪"}));
}

TEST(SoundMarksTest, TextWithoutMarksIsLeftAsItIs) {
  ChunkText text;
  text.segments = {spoken({{Millis(0), Millis(500), "Well,"}, {Millis(500), Millis(600), "..."}})};
  const ChunkText before = text;
  take_sound_marks(text);
  EXPECT_EQ(text, before);
}

}  // namespace
}  // namespace vat::asr

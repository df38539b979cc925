#include "asr/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vat::asr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kFrameSamples = 320;  // 20 ms

TimeSpan span(int start, int end) { return {Millis(start), Millis(end)}; }

Segment segment_of(std::vector<TimeSpan> words) {
  Segment made;
  for (const TimeSpan& word : words)
    made.words.push_back({.start = word.start, .end = word.end, .text = "w"});
  made.start = made.words.front().start;
  made.end = made.words.back().end;
  return made;
}

TEST(CoverageTest, SpeechIsWhereTheDetectorIsSureEnough) {
  const std::vector<float> probabilities = {0.1F, 0.9F, 0.4F, 0.2F, 0.35F};
  EXPECT_THAT(find_speech(probabilities, kFrameSamples), ElementsAre(span(20, 60), span(80, 100)));
  EXPECT_THAT(find_speech({}, kFrameSamples), IsEmpty());
}

TEST(CoverageTest, SpeechUnderWordsIsCovered) {
  const std::vector<TimeSpan> speech = {span(1'000, 2'400), span(2'600, 4'000)};
  const std::vector<Segment> segments = {segment_of({span(1'100, 1'900), span(2'200, 3'300)}),
                                         segment_of({span(3'500, 3'600)})};
  const Coverage coverage = measure_coverage(speech, segments);
  EXPECT_EQ(coverage.speech, Millis(2'800));
  EXPECT_EQ(coverage.with_words, coverage.speech);
  EXPECT_THAT(coverage.without_words, IsEmpty());
}

TEST(CoverageTest, ASecondOfSpeechWithoutAWordIsFoundAtTheEndBetweenWordsAndAtTheStart) {
  const std::vector<TimeSpan> speech = {span(0, 10'000), span(10'500, 14'000)};
  const std::vector<Segment> segments = {
      segment_of({span(2'000, 2'500), span(3'000, 3'500), span(8'000, 9'700)})};
  const Coverage coverage = measure_coverage(speech, segments);
  EXPECT_THAT(coverage.without_words, ElementsAre(span(0, 1'700), span(3'630, 7'700), span(8'630, 14'000)));
  EXPECT_EQ(coverage.speech, Millis(13'500));
  EXPECT_EQ(coverage.with_words, Millis(13'500 - 1'700 - 4'070 - 4'870));
}

TEST(CoverageTest, AWordThatWasStretchedOverSpeechDoesNotCoverIt) {
  const std::vector<TimeSpan> speech = {span(0, 9'000)};
  const std::vector<Segment> segments = {segment_of({span(0, 500), span(600, 9'000)})};
  EXPECT_THAT(measure_coverage(speech, segments).without_words, ElementsAre(span(1'230, 9'000)));
}

TEST(CoverageTest, ShortSoundsFarFromEachOtherAreNotOne) {
  const std::vector<TimeSpan> speech = {span(0, 600), span(3'000, 3'600), span(4'000, 4'300)};
  EXPECT_THAT(measure_coverage(speech, {}).without_words, IsEmpty());
  const std::vector<TimeSpan> close = {span(0, 600), span(1'000, 1'500)};
  EXPECT_THAT(measure_coverage(close, {}).without_words, ElementsAre(span(0, 1'500)));
}

TEST(CoverageTest, SegmentsWithoutWordTimesCountByTheirText) {
  const std::vector<TimeSpan> speech = {span(0, 6'000)};
  Segment text;
  text.end = Millis(3'000);
  text.text = "one two three four five six";
  EXPECT_THAT(measure_coverage(speech, std::vector{text}).without_words, ElementsAre(span(3'300, 6'000)));
}

TEST(CoverageTest, WhereTheEngineDescribedASoundThereIsNoSpeech) {
  const std::vector<TimeSpan> speech = {span(0, 5'000), span(6'000, 9'000)};
  const std::vector<SoundEvent> sounds = {{Millis(1'000), Millis(4'000), "[Music]"},
                                          {Millis(3'000), Millis(7'000), "(rain)"},
                                          {Millis(20'000), Millis(30'000), "♪"}};
  EXPECT_THAT(outside_sounds(speech, sounds), ElementsAre(span(0, 1'000), span(7'000, 9'000)));
  const std::vector<SoundEvent> others = {{Millis(0), Millis(9'000), "[BLANK_AUDIO]"},
                                          {Millis(0), Millis(9'000), "(speaking in foreign language)"},
                                          {Millis(0), Millis(9'000), "♪"}};
  EXPECT_THAT(outside_sounds(speech, others), ElementsAre(span(0, 5'000), span(6'000, 9'000)));
  EXPECT_THAT(outside_sounds(speech, {}), ElementsAre(span(0, 5'000), span(6'000, 9'000)));
}

TEST(CoverageTest, WordsOfATranslationCoverTheirSegment) {
  const std::vector<TimeSpan> speech = {span(0, 14'000)};
  const std::vector<Segment> segments = {segment_of({span(500, 800), span(7'000, 9'000)})};
  EXPECT_THAT(measure_coverage(speech, segments, {.whole_segments = true}).without_words,
              ElementsAre(span(9'300, 14'000)));
}

TEST(CoverageTest, TheSentenceNamesTheFirstThreePlaces) {
  Coverage coverage{.speech = Millis(61'000),
                    .with_words = Millis(57'400),
                    .without_words = {span(1'000, 2'000), span(65'000, 66'600)}};
  EXPECT_EQ(describe_gaps(coverage),
            "4 s of 61 s that sound like speech have no words: 0:01 to 0:02, 1:05 to 1:07.");
  coverage.without_words.insert(coverage.without_words.end(), {span(70'000, 71'000), span(80'000, 81'000)});
  EXPECT_THAT(describe_gaps(coverage), testing::EndsWith(", 1:10 to 1:11 and 1 more."));
}

}  // namespace
}  // namespace vat::asr

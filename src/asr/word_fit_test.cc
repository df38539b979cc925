#include "asr/word_fit.h"

#include <gtest/gtest.h>

#include <string>

#include "domain/transcript.h"

namespace vat::asr {
namespace {

constexpr std::size_t kFitFrame = 160;  // 10 ms

/// Speech in these spans, in milliseconds, of ten seconds.
std::vector<float> speech_in(const std::vector<std::pair<int, int>>& spans) {
  std::vector<float> speech(1'000, 0.05F);
  for (const auto& [begin, end] : spans) {
    for (int frame = begin / 10; frame < end / 10; ++frame) speech[static_cast<std::size_t>(frame)] = 0.9F;
  }
  return speech;
}

Word said(int start, int end) { return {.start = Millis(start), .end = Millis(end), .text = "word"}; }

ChunkText text_of(const std::vector<std::vector<Word>>& segments) {
  ChunkText text;
  for (const std::vector<Word>& words : segments)
    text.segments.push_back({.start = words.front().start, .end = words.back().end, .words = words});
  return text;
}

std::string fitted(std::vector<std::vector<Word>> segments, const std::vector<std::pair<int, int>>& speech) {
  ChunkText text = text_of(segments);
  fit_words_to_speech(text, speech_in(speech), kFitFrame);
  std::string times;
  for (const Segment& segment : text.segments) {
    EXPECT_EQ(segment.start, segment.words.front().start);
    EXPECT_EQ(segment.end, segment.words.back().end);
    for (const Word& word : segment.words)
      times += std::to_string(word.start.count()) + "-" + std::to_string(word.end.count()) + " ";
  }
  return times;
}

TEST(WordFitTest, AWordThatReachesOverAPauseStandsWhereMostOfItIs) {
  EXPECT_EQ(fitted({{said(500, 1'000), said(1'000, 2'400)}}, {{500, 1'100}, {2'000, 3'000}}),
            "500-1000 2000-2400 ");
  EXPECT_EQ(fitted({{said(500, 2'100)}}, {{500, 1'100}, {2'000, 3'000}}), "500-1100 ");
}

TEST(WordFitTest, AWordInAPauseGoesToTheSpeechAfterIfItBeginsASegmentElseToTheNearer) {
  EXPECT_EQ(
      fitted({{said(500, 1'000)}, {said(1'150, 1'400), said(1'900, 2'500)}}, {{500, 1'100}, {2'000, 3'000}}),
      "500-1000 2000-2250 2250-2500 ");
  EXPECT_EQ(fitted({{said(500, 1'000), said(1'150, 1'400)}}, {{500, 1'100}, {2'000, 3'000}}),
            "500-1000 850-1100 ");
}

TEST(WordFitTest, AWordEndsBeforeTheNextWhereverTheRecogniserEndsIt) {
  EXPECT_EQ(fitted({{said(500, 7'000)}, {said(2'000, 2'400), said(2'400, 2'900)}},
                   {{500, 1'000}, {2'000, 3'000}, {4'000, 7'000}}),
            "500-1000 2000-2400 2400-2900 ");
}

TEST(WordFitTest, TheFirstWordOfASegmentAtTheVeryEndOfSpeechIsOfTheSpeechAfter) {
  EXPECT_EQ(
      fitted({{said(500, 1'000)}, {said(1'040, 1'100), said(2'200, 2'500)}}, {{500, 1'100}, {2'000, 3'000}}),
      "500-1000 2000-2060 2200-2500 ");
  EXPECT_EQ(fitted({{said(500, 1'000), said(1'040, 1'100)}}, {{500, 1'100}, {2'000, 3'000}}),
            "500-1000 1040-1100 ");
}

TEST(WordFitTest, WordsThatAreMovedToOneTimeShareWhatIsThere) {
  EXPECT_EQ(fitted({{said(0, 200), said(200, 400), said(400, 1'200)}}, {{600, 1'500}}),
            "600-800 800-1000 1000-1200 ");
  EXPECT_EQ(fitted({{said(500, 700), said(2'000, 2'000), said(2'000, 2'000)}}, {{400, 1'500}}),
            "500-700 700-1100 1100-1500 ");
}

TEST(WordFitTest, WordsWithNextToNoTimeTakeFromThoseAfterThem) {
  EXPECT_EQ(fitted({{said(0, 200), said(200, 400), said(606, 1'206)}}, {{600, 1'500}}),
            "600-802 802-1004 1004-1206 ");
  EXPECT_EQ(fitted({{said(500, 500)}, {said(500, 900), said(900, 1'000)}}, {{400, 1'500}}),
            "500-700 700-900 900-1000 ");
  // Not from beyond a pause, and not without need.
  EXPECT_EQ(fitted({{said(500, 505), said(800, 900)}}, {{400, 1'500}}), "500-505 800-900 ");
  EXPECT_EQ(fitted({{said(500, 520), said(520, 900)}}, {{400, 1'500}}), "500-520 520-900 ");
}

TEST(WordFitTest, WordsInOnePhraseStayAsTheyAre) {
  EXPECT_EQ(fitted({{said(500, 900), said(900, 1'300)}}, {{400, 850}, {1'000, 1'400}}), "500-900 900-1300 ");
  EXPECT_EQ(fitted({{said(500, 900)}}, {}), "500-900 ");
}

}  // namespace
}  // namespace vat::asr

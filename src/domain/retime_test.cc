#include "domain/retime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Word word(int start, int end, std::string text) {
  return {.start = Millis(start), .end = Millis(end), .text = std::move(text), .confidence = 0.5F};
}

Segment segment(int start, int end, std::string text) {
  Segment made;
  made.start = Millis(start);
  made.end = Millis(end);
  made.text = std::move(text);
  return made;
}

std::vector<Word> recognised() {
  return {word(0, 500, "Ask"), word(500, 1000, "not"), word(1000, 2000, "what")};
}

std::vector<std::string> timed(const std::vector<Word>& words) {
  std::vector<std::string> shown;
  for (const Word& w : words)
    shown.push_back(w.text + " " + std::to_string(w.start.count()) + "-" + std::to_string(w.end.count()));
  return shown;
}

TEST(RetimeWords, KeepsTheTimesOfWordsThatAreStillThere) {
  const std::vector<Word> before = recognised();
  EXPECT_EQ(retime_words(segment(0, 2000, "Ask not what"), before), before);
  EXPECT_THAT(timed(retime_words(segment(0, 2000, "Ask, not WHAT!"), before)),
              ElementsAre("Ask, 0-500", "not 500-1000", "WHAT! 1000-2000"));
  EXPECT_THAT(timed(retime_words(segment(0, 2000, "Ask what"), before)),
              ElementsAre("Ask 0-500", "what 1000-2000"));
}

TEST(RetimeWords, SharesTheTimeBetweenNeighboursAmongNewWords) {
  const std::vector<Word> before = recognised();
  EXPECT_THAT(timed(retime_words(segment(0, 2000, "Ask me anything what"), before)),
              ElementsAre("Ask 0-500", "me 500-750", "anything 750-1000", "what 1000-2000"));
  EXPECT_THAT(timed(retime_words(segment(0, 2000, "All new"), before)),
              ElementsAre("All 0-1000", "new 1000-2000"));
}

TEST(RetimeWords, KnowsNothingWhereNothingWasHeardOrWordsHaveNoSpaces) {
  EXPECT_THAT(retime_words(segment(0, 2000, "Ask"), {}), IsEmpty());
  std::vector<Word> joined = {word(0, 500, "東"), word(500, 900, "京")};
  joined[1].joined = true;
  EXPECT_EQ(retime_words(segment(0, 900, "東京"), joined), joined);
  EXPECT_THAT(retime_words(segment(0, 900, "大阪"), joined), IsEmpty());
}

TEST(RecognisedWords, AreFoundWhereTheirMiddlesLie) {
  Transcript transcript;
  transcript.segments = {segment(0, 2000, "Ask not what"), segment(3000, 4000, "your")};
  transcript.segments[0].words = recognised();
  transcript.segments[1].words = {word(3000, 4000, "your")};
  RecognisedWords words(transcript);
  EXPECT_EQ(words.within(Millis(100), Millis(800)).size(), 2U) << "the middles of Ask and not are within";
  EXPECT_THAT(words.within(Millis(800), Millis(900)), IsEmpty());
  EXPECT_EQ(words.within(Millis(1000), Millis(9000)).size(), 2U);
  EXPECT_THAT(words.within(Millis(9000), Millis(9999)), IsEmpty());
}

}  // namespace
}  // namespace vat

#include "domain/retime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/testing/words.h"

namespace vat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Segment segment(int start, int end, std::string text) {
  Segment made;
  made.start = Millis(start);
  made.end = Millis(end);
  made.text = std::move(text);
  return made;
}

std::vector<Word> recognised() {
  return {make_word(0, 500, "Ask"), make_word(500, 1000, "not"), make_word(1000, 2000, "what")};
}

TEST(RetimeWords, KeepsTheTimesOfWordsThatAreStillThere) {
  const std::vector<Word> before = recognised();
  EXPECT_EQ(retime_words(segment(0, 2000, "Ask not what"), before), before);
  EXPECT_THAT(show_times(retime_words(segment(0, 2000, "Ask, not WHAT!"), before)),
              ElementsAre("Ask, 0-500", "not 500-1000", "WHAT! 1000-2000"));
  EXPECT_THAT(show_times(retime_words(segment(0, 2000, "Ask what"), before)),
              ElementsAre("Ask 0-500", "what 1000-2000"));
}

TEST(RetimeWords, SharesTheTimeBetweenNeighboursAmongNewWords) {
  const std::vector<Word> before = recognised();
  EXPECT_THAT(show_times(retime_words(segment(0, 2000, "Ask me anything what"), before)),
              ElementsAre("Ask 0-500", "me 500-750", "anything 750-1000", "what 1000-2000"));
  EXPECT_THAT(show_times(retime_words(segment(0, 2000, "All new"), before)),
              ElementsAre("All 0-1000", "new 1000-2000"));
}

TEST(RetimeWords, KnowsNothingWhereNothingWasHeardOrWordsHaveNoSpaces) {
  EXPECT_THAT(retime_words(segment(0, 2000, "Ask"), {}), IsEmpty());
  std::vector<Word> joined = {make_word(0, 500, "東"), make_word(500, 900, "京")};
  joined[1].joined = true;
  EXPECT_EQ(retime_words(segment(0, 900, "東京"), joined), joined);
  EXPECT_THAT(retime_words(segment(0, 900, "大阪"), joined), IsEmpty());
}

TEST(RecognisedWords, AreFoundWhereTheirMiddlesLie) {
  Transcript transcript;
  transcript.segments = {segment(0, 2000, "Ask not what"), segment(3000, 4000, "your")};
  transcript.segments[0].words = recognised();
  transcript.segments[1].words = {make_word(3000, 4000, "your")};
  RecognisedWords words(transcript);
  EXPECT_EQ(words.within(Millis(100), Millis(800)).size(), 2U) << "the middles of Ask and not are within";
  EXPECT_THAT(words.within(Millis(800), Millis(900)), IsEmpty());
  EXPECT_EQ(words.within(Millis(1000), Millis(9000)).size(), 2U);
  EXPECT_THAT(words.within(Millis(9000), Millis(9999)), IsEmpty());
}

}  // namespace
}  // namespace vat

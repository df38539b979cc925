#include "asr/window_end.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vat::asr {
namespace {

constexpr whisper_token kWord = 3;
constexpr whisper_token kEnd = 10;
constexpr whisper_token kZero = 20;
constexpr whisper_token kTokens = kZero + 1'501;

/// The token of a time.
whisper_token at(int milliseconds) { return kZero + milliseconds / 20; }

/// After a window with these tokens, in which somebody speaks until 9 s, if the end is likelier than any word
/// and any timestamp by that much.
bool goes_on(const std::vector<whisper_token>& ids, float ahead = 0.4F) {
  std::vector<whisper_token_data> tokens;
  for (const whisper_token id : ids) tokens.push_back({.id = id});
  std::vector<float> logits(kTokens, -ahead);
  logits[kEnd] = 0;
  const std::vector<TimeSpan> speech{{Millis(0), Millis(4'000)}, {Millis(5'000), Millis(9'000)}};
  return should_go_on(tokens, logits, kEnd, kZero, speech);
}

TEST(WindowEndTest, ASentenceThatHasBegunIsFinished) {
  EXPECT_TRUE(goes_on({kZero, kWord, at(4'000), at(5'000)}));
  EXPECT_TRUE(goes_on({kZero, kWord, at(8'000), at(8'600)}));
  EXPECT_FALSE(goes_on({kZero, kWord, at(8'000), at(8'800)})) << "nobody says much in a fifth of a second";
}

TEST(WindowEndTest, NothingMoreIsSaidOnlyWhereNobodySpeaksForASecond) {
  EXPECT_TRUE(goes_on({kZero, kWord, at(4'000)}));
  EXPECT_FALSE(goes_on({kZero, kWord, at(8'200)}));
}

TEST(WindowEndTest, WhereWhisperIsSureItMayEnd) {
  EXPECT_TRUE(goes_on({kZero, kWord, at(4'000), at(5'000)}, 3.0F));
  EXPECT_FALSE(goes_on({kZero, kWord, at(4'000), at(5'000)}, 8.0F));
  EXPECT_FALSE(goes_on({kZero, kWord, at(4'000)}, 3.0F)) << "of a single timestamp it is asked less";
}

TEST(WindowEndTest, WhatItWrotePastATimestampDoesNotComeTwice) {
  EXPECT_TRUE(goes_on({kZero, kWord, at(5'000), at(5'000)}));
  EXPECT_FALSE(goes_on({kZero, kWord, at(5'000), at(5'000), kWord, at(5'000), at(5'000)}));
}

TEST(WindowEndTest, WhatItSaysAnywayNeedsNoHelp) {
  EXPECT_FALSE(goes_on({kZero, kWord, at(4'000), at(5'000)}, -0.5F));
}

TEST(WindowEndTest, ASegmentThatRepeatsTheWordsBeforeItIsTold) {
  const auto said = [](const std::string& text) {
    return Segment{.start = Millis(2'000), .end = Millis(2'500), .text = text};
  };
  const std::vector<TimeSpan> through{{Millis(0), Millis(3'000)}};
  const Segment before = said("He was not an ill-disposed young man.");
  EXPECT_TRUE(only_repeats(said("Young man."), before, through));
  EXPECT_FALSE(only_repeats(said("Young men."), before, through));
  EXPECT_FALSE(only_repeats(before, said("young man."), through));
  const std::vector<TimeSpan> paused{{Millis(0), Millis(1'500)}, {Millis(1'900), Millis(3'000)}};
  EXPECT_FALSE(only_repeats(said("Young man."), before, paused)) << "who pauses says it twice";
  EXPECT_FALSE(only_repeats(said("Young man."), before, {})) << "nobody knows";
}

TEST(WindowEndTest, WithinTextAndAtTheStartWhisperDecides) {
  EXPECT_FALSE(goes_on({}));
  EXPECT_FALSE(goes_on({kZero}));
  EXPECT_FALSE(goes_on({kZero, at(1'000)}));
  EXPECT_FALSE(goes_on({kZero, kWord, kWord}));
}

}  // namespace
}  // namespace vat::asr

#include "asr/hotwords.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"

namespace vat::asr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// "they are under > thereunder" for each place, the most alike first.
std::vector<std::string> found(const std::string& list, std::string text) {
  std::vector<std::string> words;
  for (std::string_view rest = text; !rest.empty();) words.push_back(" " + std::string(take_part(rest, ' ')));
  std::vector<std::string> places;
  for (const SoundsLike& like : Hotwords(list).find(words)) {
    std::string said;
    for (std::size_t i = like.begin; i < like.end; ++i) said += words[i];
    places.push_back(said.substr(1) + " > " + like.phrase);
  }
  return places;
}

TEST(HotwordsTest, AWordMayHaveBeenHeardAsSeveral) {
  EXPECT_THAT(found("thereunder", "reviews of activities they are under in this regard"),
              ElementsAre("they are under > thereunder"));
  EXPECT_THAT(found("thereunder", "activities there under"), ElementsAre("there under > thereunder"));
  EXPECT_THAT(found("Ada Lovelace", "with eda lovelace who"), ElementsAre("eda lovelace > Ada Lovelace"));
}

TEST(HotwordsTest, LettersThatSoundAlikeAreAlike) {
  EXPECT_THAT(found("Kokoro", "a voice of cocorro"), ElementsAre("cocorro > Kokoro"));
  EXPECT_THAT(found("Zoë, Quincy", "the kwinsi"), ElementsAre("kwinsi > Quincy"));
}

TEST(HotwordsTest, WhatSoundsTheSameIsToldFromWhatIsNearlyTheSame) {
  const std::vector<std::string> words = {" there", " under", " kristine"};
  const auto same = Hotwords("thereunder").find(words);
  ASSERT_EQ(same.size(), 1U);
  EXPECT_TRUE(same[0].same_sound);
  const auto nearly = Hotwords("Cristina").find(words);
  ASSERT_EQ(nearly.size(), 1U);
  EXPECT_FALSE(nearly[0].same_sound);
}

TEST(HotwordsTest, AWordThatStandsThereIsNotLookedFor) {
  EXPECT_THAT(found("mend, Dashwood", "mended by John Dashwood's menders"), IsEmpty());
  EXPECT_THAT(found("strike, stripe", "a stripe"), IsEmpty());
}

TEST(HotwordsTest, WhatIsLessAlikeComesLaterAndWhatIsNotAlikeNever) {
  EXPECT_THAT(found("stripe", "a strife and a stride of a train"),
              ElementsAre("strife > stripe", "stride > stripe"));
  EXPECT_THAT(found("Kubernetes", "what joy there is in living"), IsEmpty());
}

TEST(HotwordsTest, NoMoreThanAFewPlacesAreFound) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "strife ";
  EXPECT_THAT(found("stripe", text), SizeIs(8));
}

TEST(HotwordsTest, CommasOfOtherScriptsDivideTheListToo) {
  for (const std::string comma : {",", "，", "、", "،"})
    EXPECT_THAT(found("strive" + comma + "Kokoro", "a cocoro"), ElementsAre("cocoro > Kokoro")) << comma;
}

TEST(HotwordsTest, AnEmptyListHasNoWords) { EXPECT_THAT(found(" , ,--,", "some words"), IsEmpty()); }

}  // namespace
}  // namespace vat::asr

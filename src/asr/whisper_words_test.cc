#include "asr/whisper_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vat::asr {
namespace {

std::vector<TextToken> tokens(std::initializer_list<const char*> texts) {
  std::vector<TextToken> result;
  for (const char* text : texts) {
    const Millis at{static_cast<int>(result.size()) * 100};
    result.push_back({.bytes = text, .probability = 0.25F, .start = at, .end = at + Millis(100)});
  }
  return result;
}

std::vector<std::string> texts(const std::vector<Word>& words) {
  std::vector<std::string> result;
  for (const Word& word : words) result.push_back(word.text);
  return result;
}

TEST(WhisperWordsTest, ASpaceBeginsAWordAndPunctuationStaysWithIt) {
  const auto words = tokens_to_words(tokens({" Don", "'t", " stop", ",", " now", "."}), "en");
  EXPECT_THAT(texts(words), testing::ElementsAre("Don't", "stop,", "now."));
  EXPECT_EQ(words[0].start, Millis(0));
  EXPECT_EQ(words[0].end, Millis(200));
  EXPECT_FLOAT_EQ(words[0].confidence, 0.25F);
  EXPECT_EQ(join_words(words), "Don't stop, now.");
}

TEST(WhisperWordsTest, ChineseIsSplitAtWholeCharactersThatTokensMayCutInTwo) {
  const auto words = tokens_to_words(tokens({"你", "\xe5\xa5", "\xbd", "，", "世界"}), "zh");
  EXPECT_THAT(texts(words), testing::ElementsAre("你", "好，", "世界"));
  EXPECT_EQ(join_words(words), "你好，世界");
}

TEST(WhisperWordsTest, BrokenBytesBecomeValidText) {
  const auto words = tokens_to_words(tokens({" a", "\xff", " "}), "en");
  EXPECT_THAT(texts(words), testing::ElementsAre("a\xef\xbf\xbd"));
}

TEST(WhisperWordsTest, NoTokensAreNoWords) { EXPECT_TRUE(tokens_to_words({}, "en").empty()); }

}  // namespace
}  // namespace vat::asr

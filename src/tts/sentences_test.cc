#include "tts/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/text.h"
#include "tts/testing/without_space.h"

namespace vat::tts {
namespace {

std::vector<std::string> texts(const std::vector<Sentence>& sentences) {
  std::vector<std::string> list;
  for (const Sentence& sentence : sentences) list.push_back(sentence.text);
  return list;
}

std::string joined(const std::vector<Sentence>& sentences) {
  std::string all;
  for (const Sentence& sentence : sentences) all += sentence.text;
  return testing::without_space(all);
}

TEST(SentencesTest, ATextIsCutAtSentencesAndBlankLines) {
  EXPECT_THAT(split_sentences("One is here. Two\nis \"there\"!  Three?\n\n \nFour", 1000),
              ::testing::ElementsAre(Sentence{"One is here.", true, false},
                                     Sentence{"Two is \"there\"!", true, false},
                                     Sentence{"Three?", true, true}, Sentence{"Four", true, true}));
}

TEST(SentencesTest, OtherScriptsHaveSentencesToo) {
  EXPECT_THAT(texts(split_sentences("今日は。明日は？はい。", 1000, "ja")),
              ::testing::ElementsAre("今日は。", "明日は？", "はい。"));
  EXPECT_THAT(texts(split_sentences("नमस्ते। आप कैसे हैं?", 1000, "hi")),
              ::testing::ElementsAre("नमस्ते।", "आप कैसे हैं?"));
}

TEST(SentencesTest, NothingToSayGivesNothing) {
  EXPECT_TRUE(split_sentences("", 100).empty());
  EXPECT_TRUE(split_sentences(" \n\n\t\r\n ", 100).empty());
}

TEST(SentencesTest, PunctuationAloneStaysWithItsSentence) {
  EXPECT_THAT(texts(split_sentences("Yes! ... \"No.\"", 1000)),
              ::testing::ElementsAre("Yes! ...", "\"No.\""));
}

TEST(SentencesTest, ALongSentenceIsCutAtAClause) {
  const auto pieces = split_sentences("When the day was over, everyone who had come went home.", 40);
  EXPECT_THAT(pieces, ::testing::ElementsAre(Sentence{"When the day was over,", false, false},
                                             Sentence{"everyone who had come went home.", true, true}));
}

TEST(SentencesTest, WithoutClausesItIsCutBetweenWords) {
  EXPECT_THAT(texts(split_sentences("aaaa bbbb cccc dddd eeee", 10)),
              ::testing::ElementsAre("aaaa bbbb", "cccc dddd", "eeee"));
}

TEST(SentencesTest, AWordOverTheLimitIsCutBetweenCodePoints) {
  EXPECT_THAT(texts(split_sentences("ääääää", 5)), ::testing::ElementsAre("ää", "ää", "ää"));
  EXPECT_THAT(texts(split_sentences("😀😀", 4)), ::testing::ElementsAre("😀", "😀"));
}

TEST(SentencesTest, AnotherEnginesLimitIsMet) {
  const auto wide = split_sentences("One two three four five. Six.", 100);
  const auto narrow = refit_sentences(wide, 12);
  EXPECT_THAT(texts(narrow), ::testing::ElementsAre("One two", "three four", "five.", "Six."));
  EXPECT_EQ(narrow[2].sentence_end, true);
  EXPECT_EQ(refit_sentences(wide, 100), wide);
}

// Property: whatever the text and the limit, the pieces contain all of it, in order, and each fits.
TEST(SentencesTest, NothingIsEverDropped) {
  const std::vector<std::string> parts = {
      "word", "a",    "Zürich", "日本語", "한국어", "،", ", ",       ". ", "? ",  "\n",
      "\n\n", "\t",   "😀",      "3.14",   "e.g. ",  "—", "“quoted”", "…",  "ก่อน", "👩‍👩‍👧",
      "x1y2", "\r\n", "; ",     "ñ"};
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    const std::size_t length = random() % 80;
    for (std::size_t i = 0; i < length; ++i) {
      text += parts[random() % parts.size()];
      if (random() % 2 == 0) text += ' ';
    }
    const std::size_t limit = 4 + random() % 60;
    const auto pieces = split_sentences(text, limit);
    ASSERT_EQ(joined(pieces), testing::without_space(text)) << text << " at " << limit;
    for (const Sentence& piece : pieces) {
      ASSERT_LE(piece.text.size(), limit);
      ASSERT_FALSE(piece.text.empty());
      ASSERT_TRUE(is_utf8(piece.text));
    }
    ASSERT_EQ(joined(refit_sentences(split_sentences(text, 1000), limit)), testing::without_space(text));
  }
}

TEST(SentencesTest, ForeignBytesBecomeText) {
  const auto pieces = split_sentences(std::string_view("a\xFF\0b \x01 c\xE2\x82", 10), 100);
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_TRUE(is_utf8(pieces[0].text));
  EXPECT_EQ(pieces[0].text, "a\xEF\xBF\xBD b c\xEF\xBF\xBD");
}

TEST(SentencesTest, SpeakableMeansLettersOrDigits) {
  for (const char* const text : {"a", "7", "日", "…a", "5 €", "℃", "①", "♪ la ♪"})
    EXPECT_TRUE(is_speakable(text)) << text;
  for (const char* const text : {"",
                                 " ",
                                 "...",
                                 "—",
                                 "«»",
                                 "\xEF\xBB\xBF",
                                 "$",
                                 "€",
                                 "→",
                                 "|||",
                                 "♪♪",
                                 "😀",
                                 "👩‍👩‍👧",
                                 "©",
                                 "┌──┐",
                                 "=====",
                                 "\uFFFD",
                                 "°",
                                 "❤️",
                                 "🇩🇪"})
    EXPECT_FALSE(is_speakable(text)) << text;
}

}  // namespace
}  // namespace vat::tts

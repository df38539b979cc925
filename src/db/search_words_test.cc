#include "db/search_words.h"

#include <gmock/gmock.h>

namespace vat::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SearchWordsTest, WordsAreFoldedAndWithoutPunctuation) {
  EXPECT_EQ(searchable("Hello, WORLD!"), "hello world");
  EXPECT_EQ(searchable("Straße ﬁne Ⅳ"), "strasse fine iv");
  EXPECT_EQ(searchable("Cafe\xCC\x81 café"), "cafe cafe") << "composed and decomposed are the same";
  EXPECT_EQ(searchable("don't"), "don t");
  EXPECT_EQ(searchable("東京tower"), "東 京 tower");
  EXPECT_EQ(searchable("  ...  "), "");
  EXPECT_EQ(searchable("a\xFFz"), "a z");
}

TEST(SearchWordsTest, WhatStandsTogetherInAQueryIsAPhrase) {
  EXPECT_THAT(search_phrases("don't  stop"), ElementsAre(ElementsAre("don", "t"), ElementsAre("stop")));
  EXPECT_THAT(search_phrases("東京 大阪"), ElementsAre(ElementsAre("東", "京"), ElementsAre("大", "阪")));
  EXPECT_THAT(search_phrases("\"-*"), IsEmpty());
}

TEST(SearchWordsTest, NothingOfTheQueryIsSyntaxOfAnEngine) {
  const auto phrases = search_phrases("\"a\" OR b*' & c");
  EXPECT_EQ(fts5_query(phrases), "\"a \" \"or \" \"b \" \"c \"");
  EXPECT_EQ(tsquery(phrases), "('a') & ('or') & ('b') & ('c')");
  EXPECT_EQ(tsquery(search_phrases("x-y")), "('x' <-> 'y')");
}

TEST(SearchWordsTest, ASnippetMarksWhatMatchedAndIsCutAroundIt) {
  EXPECT_EQ(make_snippet("A b c b", {{"b"}}),
            "A \x02"
            "b\x03 c \x02"
            "b\x03");
  EXPECT_EQ(make_snippet("nothing", {{"x"}}), "nothing");
  std::string text;
  for (int i = 0; i < 200; ++i) text += "w" + std::to_string(i) + " ";
  const std::string snippet = make_snippet(text, {{"w100"}});
  EXPECT_EQ(snippet.find("…w90 "), 0U) << snippet;
  EXPECT_NE(snippet.find("\x02w100\x03"), std::string::npos);
  EXPECT_EQ(snippet.rfind("w120…"), snippet.size() - std::string("w120…").size());
}

}  // namespace
}  // namespace vat::db

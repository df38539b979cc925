#include "modelfile/import/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "modelfile/import/json_walk.h"
#include "modelfile/testing/foreign_files.h"
#include "modelfile/testing/synthetic_vocabulary.h"

namespace vat::modelfile {
namespace {

using ::testing::HasSubstr;

Result<std::vector<std::string>> read_from(const std::string& bytes, VocabularyFormat format,
                                           bool english = false) {
  MemorySource source(bytes);
  return read_vocabulary(source, "vocabulary", format, english);
}

std::string lines(std::size_t count) {
  std::string out;
  for (const std::string& text : synthetic_vocabulary(count)) out += token_characters(text) + "\n";
  return out;
}

TEST(VocabularyTest, TokensStandForBytes) {
  EXPECT_EQ(token_characters(" a\n\xff"), "\u0120a\u010a\u00ff");
  const auto texts = read_from(lines(kVocabularyTexts), VocabularyFormat::kLines);
  ASSERT_TRUE(texts) << texts.error().message;
  EXPECT_EQ(*texts, synthetic_vocabulary(kVocabularyTexts));
}

TEST(VocabularyTest, TheLastTokenMayBeMissing) {
  const std::string most = lines(kVocabularyTexts - 1);
  EXPECT_EQ(read_from(most, VocabularyFormat::kLines)->back(), "");
  EXPECT_EQ(read_from(most, VocabularyFormat::kLines, true)->back(), "<|endoftext|>");
  EXPECT_THAT(read_from(lines(kVocabularyTexts - 2), VocabularyFormat::kLines).error().message,
              HasSubstr("no token with the number 50255"));
}

TEST(VocabularyTest, WhatIsNoVocabularyIsRefused) {
  using enum VocabularyFormat;
  const std::vector<std::tuple<std::string, VocabularyFormat, std::string>> cases{
      {R"({"a": 0, "b": 0})", kVocabulary, "two tokens with the number 0"},
      {R"({"a": -1})", kVocabulary, "the number -1"},
      {R"({"a": {}, "b": {"c": 1}})", kVocabulary, "lists no tokens"},
      {R"(["a", 1])", kVocabulary, "a token that is none"},
      {R"(["\u4e2d"])", kVocabulary, "token 0 does not stand for bytes"},
      {R"(["\ud83d\ude00"])", kVocabulary, "token 0 does not stand for bytes"},
      {R"({"model": {"vocab": [["a", -1.5]]}})", kTokenizer, "no token with the number 0"},
      {R"("text")", kTokenizer, "no token with the number 0"},
      {"[\"" + std::string(70'000, 'a') + "\"]", kVocabulary, "not valid JSON"},
      {std::string(200'000, 'a'), kLines, "line without an end"},
      {"a b\n", kLines, "token 0 does not stand for bytes"},
      {"", kLines, "no token with the number 0"},
      {"\xc4\n", kLines, "token 0 does not stand for bytes"}};
  for (const auto& [bytes, format, message] : cases)
    EXPECT_THAT(read_from(bytes, format).error().message, HasSubstr(message)) << bytes.substr(0, 100);
}

TEST(JsonWalkTest, VisitsEveryLeafWithItsPath) {
  const std::string text = R"({"a": [1, {"b": "x"}, []], "c": {}, "d": [true, null, 1.5, -2]})";
  MemorySource source(text);
  std::string seen;
  ASSERT_TRUE(walk_json_file(source, 1000, "x", [&](const JsonLeaf& leaf) -> Result<> {
    for (const JsonStep& step : leaf.path)
      seen += "/" + (step.in_array ? std::to_string(step.index) : step.key);
    if (leaf.text) seen += "=" + std::string(*leaf.text);
    if (leaf.number) seen += "=" + std::to_string(*leaf.number);
    seen += " ";
    return {};
  }));
  EXPECT_EQ(seen, "/a/0=1 /a/1/b=x /d/0 /d/1 /d/2 /d/3=-2 ");
}

TEST(JsonWalkTest, TextsCrossTheBordersOfBlocks) {
  std::string text = "[";
  for (int i = 0; i < 30'000; ++i) text += "\"token" + std::to_string(i) + "\", ";
  text += "0]" + std::string(100'000, ' ');
  MemorySource source(text);
  int count = 0;
  ASSERT_TRUE(walk_json_file(source, 1'000'000, "x", [&](const JsonLeaf& leaf) -> Result<> {
    EXPECT_EQ(leaf.text.value_or("0"), count < 30'000 ? "token" + std::to_string(count) : "0");
    ++count;
    return {};
  }));
  EXPECT_EQ(count, 30'001);
  EXPECT_THAT(walk_json_file(source, 1000, "x", {}).error().message,
              HasSubstr("more than such a file ever has"));
}

TEST(JsonWalkTest, TheVisitorsErrorEndsTheWalk) {
  MemorySource source("[1, 2, 3]");
  int count = 0;
  const auto walked = walk_json_file(source, 100, "x", [&](const JsonLeaf&) -> Result<> {
    return ++count == 2 ? fail(ErrorCode::kLimit, "Enough.") : Result<>();
  });
  EXPECT_EQ(walked.error().message, "Enough.");
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace vat::modelfile

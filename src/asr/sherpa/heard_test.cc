#include "asr/sherpa/heard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asr/sherpa/messages.h"

namespace vat::asr {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> heard_texts(const std::vector<Segment>& segments) {
  std::vector<std::string> list;
  for (const Segment& segment : segments) list.push_back(segment.text);
  return list;
}

std::vector<std::string> words(const Segment& segment) {
  std::vector<std::string> list;
  for (const Word& word : segment.words) list.push_back(word.text);
  return list;
}

std::vector<Segment> segments_of(const std::string& json) {
  const auto heard = read_heard(json);
  EXPECT_TRUE(heard);
  return heard ? heard_segments(*heard, Millis(10'000), true) : std::vector<Segment>();
}

TEST(Heard, TokensBecomeWordsWithTheirTimesAndProbabilities) {
  const auto segments = segments_of(
      R"({"lang":"","text":"Parakeets talk.","tokens":[" Para","keets"," talk","."],"timestamps":[0.4,0.56,1.04,1.3],)"
      R"("durations":[0.16,0.24,0.24,0.08],"ys_log_probs":[0,-0.6931472,0,0]})");
  ASSERT_EQ(segments.size(), 1U);
  EXPECT_EQ(segments[0].text, "Parakeets talk.");
  EXPECT_THAT(words(segments[0]), ElementsAre("Parakeets", "talk."));
  EXPECT_EQ(segments[0].words[0].start, Millis(400));
  EXPECT_EQ(segments[0].words[0].end, Millis(800));
  EXPECT_NEAR(segments[0].words[0].confidence, 0.7071F, 1e-3F);
  EXPECT_EQ(segments[0].words[1].end, Millis(1380));
  EXPECT_LT(segments[0].average_log_probability, 0);
}

TEST(Heard, WithoutProbabilitiesThereIsNoConfidence) {
  const auto segments = segments_of(
      R"({"lang":"<|en|>","text":"a b","tokens":[" a"," b"],"timestamps":[1,2],"ys_log_probs":[]})");
  ASSERT_EQ(segments.size(), 2U) << "a pause of 0.6 s";
  EXPECT_EQ(segments[0].words[0].confidence, kNoConfidence);
  EXPECT_EQ(segments[0].words[0].end, Millis(1400)) << "no token is heard for longer";
  EXPECT_EQ(segments[0].average_log_probability, 0);
}

TEST(Heard, SegmentsEndWithSentencesThatAPauseFollows) {
  EXPECT_THAT(
      heard_texts(segments_of(
          R"({"text":"It was 3.5. Then no. 7 left.","tokens":[" It"," was"," 3.5","."," Then"," no","."," 7"," left","."],)"
          R"("timestamps":[0,0.2,0.4,0.6,1.2,1.4,1.5,1.6,1.8,2]})")),
      ElementsAre("It was 3.5.", "Then no. 7 left."));
}

TEST(Heard, EachCharacterOfChineseIsAWord) {
  const auto segments = segments_of(
      R"({"lang":"<|zh|>","text":"开放时间。","tokens":["开","放","时","间","。"],"timestamps":[0,0.2,0.4,0.6,0.8]})");
  ASSERT_EQ(segments.size(), 1U);
  EXPECT_EQ(segments[0].text, "开放时间。");
  EXPECT_THAT(words(segments[0]), ElementsAre("开", "放", "时", "间。"));
}

TEST(Heard, TheTextSaysWhereWordsBegin) {
  EXPECT_THAT(
      words(
          segments_of(R"({"text":"good morning","tokens":["good","mor@@","ning"],"timestamps":[0,0.3,0.5]})")
              .at(0)),
      ElementsAre("good", "morning"));
  EXPECT_THAT(words(segments_of(R"({"text":"the sum is 5","tokens":["▁the","▁sum","▁is","▁five"],)"
                                R"("timestamps":[0,0.2,0.4,0.6]})")
                        .at(0)),
              ElementsAre("the", "sum", "is", "five"))
      << "a text that was rewritten is not that of the tokens";
}

TEST(Heard, CharactersThatAreSpelledInBytesArePutTogether) {
  EXPECT_EQ(
      segments_of(R"({"text":"naïve","tokens":["▁na","<0xC3>","<0xAF>","ve"],"timestamps":[0,0.1,0.1,0.2]})")
          .at(0)
          .text,
      "naïve");
}

TEST(Heard, AModelWithoutTimesGivesOneSegment) {
  const auto segments =
      segments_of(R"({"text":" Hello there. ","tokens":[" Hello"," there."],"timestamps":[]})");
  ASSERT_EQ(segments.size(), 1U);
  EXPECT_EQ(segments[0].text, "Hello there.");
  EXPECT_EQ(segments[0].end, Millis(10'000));
  EXPECT_TRUE(segments[0].words.empty());
}

TEST(Heard, LanguagesAreCodesOrNotKnown) {
  EXPECT_EQ(read_heard(R"({"lang":"<|yue|>"})")->language, "yue");
  for (const char* const label : {"<|nospeech|>", "<|a1|>", "en", "<|>", ""})
    EXPECT_EQ(read_heard(std::string(R"({"lang":")") + label + R"("})")->language, "") << label;
}

TEST(Heard, NoAnswerBreaksIt) {
  for (const char* const json : {"", "[]", "{", "7", "\xFF"}) EXPECT_FALSE(read_heard(json)) << json;
  for (const char* const json :
       {R"({"text":7,"tokens":7,"timestamps":{}})", R"({"text":"a","tokens":[null],"timestamps":["x"]})",
        R"({"text":"a b","tokens":[" a"," b"],"timestamps":[5,-1],"durations":[-9,1e300]})"}) {
    const auto heard = read_heard(json);
    ASSERT_TRUE(heard) << json;
    Millis latest{0};
    for (const Segment& segment : heard_segments(*heard, Millis(3000), true)) {
      EXPECT_GE(segment.start, latest);
      EXPECT_LE(segment.end, Millis(3000));
      latest = segment.start;
    }
  }
}

TEST(SherpaMessages, AreReadAsTheyWereWritten) {
  const auto request = read_request(write_request("yue", std::vector<float>{0.5F, -1}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->language, "yue");
  EXPECT_THAT(request->samples, ElementsAre(0.5F, -1));
  EXPECT_FALSE(read_request("en"));
  EXPECT_FALSE(read_request(std::string("en\0abc", 6)));
  EXPECT_EQ(read_answer(write_answer(std::string("{}"))).value(), "{}");
  const auto failure = read_answer(write_answer(fail(ErrorCode::kBadData, "No.", "why")));
  EXPECT_EQ(failure.error().code, ErrorCode::kBadData);
  EXPECT_EQ(failure.error().message, "No.");
  EXPECT_EQ(failure.error().detail, "why");
  EXPECT_EQ(read_answer("").error().code, ErrorCode::kInternal);
  EXPECT_EQ(read_answer("x").error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace vat::asr

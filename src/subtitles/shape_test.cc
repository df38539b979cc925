#include "subtitles/shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/text.h"
#include "subtitles/break_quality.h"
#include "subtitles/units.h"

namespace vat::subtitles {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// One segment whose words each take `each` ms, from `start` on.
Segment spoken(std::string_view text, std::int64_t start, std::int64_t each) {
  Segment segment;
  segment.start = Millis(start);
  segment.text = text;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word; start += each) {
    segment.words.push_back({Millis(start), Millis(start + each), word, 1, false});
  }
  segment.end = Millis(start);
  return segment;
}

Transcript english(std::vector<Segment> segments) {
  Transcript transcript;
  transcript.language = "en";
  transcript.segments = std::move(segments);
  return transcript;
}

Preset preset(std::string_view name) { return find_preset(name).value(); }

std::vector<std::vector<std::string>> texts(const ShapedCues& shaped) {
  std::vector<std::vector<std::string>> result;
  for (const Cue& cue : shaped.cues) result.push_back(cue.lines);
  return result;
}

TEST(PresetTest, AreFoundByName) {
  for (const Preset& known : presets()) EXPECT_EQ(find_preset(known.name)->name, known.name);
  const auto unknown = find_preset("cinema");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("netflix, netflix-other, shorts, bbc, dialogue, plain"));
}

TEST(ShapeTest, ACueHasOneSpeakerWhoseLabelCountsWhereItIsWritten) {
  Transcript transcript =
      english({spoken("Are you there, my friend?", 0, 300), spoken("Yes, I am.", 1500, 300),
               spoken("And I wait here for you since I came from home today.", 2400, 300)});
  transcript.speakers = {{"S1", "Anna"}, {"S2", ""}};
  transcript.segments[0].speaker = "S1";
  transcript.segments[1].speaker = transcript.segments[2].speaker = "S2";
  for (const char* const name : {"netflix", "plain", "shorts", "bbc"}) {
    const ShapedCues shaped = shape(transcript, preset(name));
    EXPECT_EQ(shaped.cues[0].lines.front(),
              name == std::string_view("shorts") ? "Are you there," : "Are you there, my friend?");
    for (const Cue& cue : shaped.cues)
      EXPECT_EQ(cue.speaker, cue.start < Millis(1500) ? "Anna" : "Speaker 2");
    if (name == std::string_view("plain")) continue;
    std::string before;
    for (const Cue& cue : shaped.cues) {
      const std::size_t label = cue.speaker == before ? 0 : cue.speaker.size() + 2;
      before = cue.speaker;
      EXPECT_LE(cue.lines.front().size() + label, preset(name).characters_per_line);
    }
  }
  // A label that leaves no room is reported.
  transcript.speakers[0].name = std::string(60, 'x');
  const ShapedCues crowded = shape(transcript, preset("netflix"));
  ASSERT_FALSE(crowded.problems.empty());
  EXPECT_EQ(crowded.problems[0].fault, CueFault::kLineTooLong);
}

Transcript talk_of_two(std::vector<Segment> segments) {
  Transcript transcript = english(std::move(segments));
  transcript.speakers = {{"S1", "Anna"}, {"S2", "Ben"}};
  for (std::size_t i = 0; i < transcript.segments.size(); ++i)
    transcript.segments[i].speaker = i % 2 == 0 ? "S1" : "S2";
  return transcript;
}

TEST(ShapeTest, TwoWhoSpeakInTurnShareACueWithADashEach) {
  const ShapedCues shaped = shape(
      talk_of_two({spoken("Are you there?", 0, 300), spoken("Yes, I am.", 1500, 300)}), preset("dialogue"));
  ASSERT_THAT(texts(shaped), ElementsAre(ElementsAre("- Are you there?", "- Yes, I am.")));
  EXPECT_EQ(shaped.cues[0].speaker, "Anna");
  EXPECT_EQ(shaped.cues[0].last_speaker, "Ben");
  EXPECT_EQ(write_srt(shaped.cues), "1\n00:00:00,000 --> 00:00:02,400\n- Are you there?\n- Yes, I am.\n\n");
  EXPECT_THAT(write_vtt(shaped.cues), HasSubstr("<v Anna>- Are you there?</v>\n<v Ben>- Yes, I am.</v>\n"));
}

TEST(ShapeTest, WhoSpeaksAloneInACueHasADashWhereTheSpeakerChanges) {
  const std::string longer = "I have been waiting for you ever since I came home from the office.";
  const ShapedCues shaped = shape(talk_of_two({spoken("Are you there, my friend?", 0, 300),
                                               spoken(longer, 1600, 300), spoken("Good.", 9000, 300)}),
                                  preset("dialogue"));
  ASSERT_EQ(shaped.cues.size(), 3U);
  EXPECT_EQ(shaped.cues[0].lines.front(), "Are you there, my friend?") << "nobody spoke before";
  EXPECT_EQ(shaped.cues[1].lines.front().substr(0, 8), "- I have");
  EXPECT_NE(shaped.cues[1].lines.back().front(), '-') << "one dash for all that somebody says";
  EXPECT_THAT(shaped.cues[2].lines, ElementsAre("- Good.")) << "after a long pause";
  for (const Cue& cue : shaped.cues)
    for (const std::string& line : cue.lines) EXPECT_LE(line.size(), preset("dialogue").characters_per_line);
  EXPECT_THAT(write_srt(shaped.cues), Not(HasSubstr("Anna")));
}

TEST(ShapeTest, WhereNobodyIsKnownThereAreNoDashes) {
  const Transcript transcript = english({spoken("Are you there?", 0, 300), spoken("Yes.", 1500, 300)});
  for (const Cue& cue : shape(transcript, preset("dialogue")).cues)
    for (const std::string& line : cue.lines) EXPECT_NE(line.front(), '-');
}

TEST(ShapeTest, AShortSentenceIsOneLine) {
  const ShapedCues shaped = shape(english({spoken("Hello there, my friend.", 500, 400)}), preset("netflix"));
  EXPECT_THAT(texts(shaped), ElementsAre(ElementsAre("Hello there, my friend.")));
  EXPECT_EQ(shaped.cues[0].start, Millis(500));
  EXPECT_EQ(shaped.cues[0].end, Millis(2100));
  EXPECT_THAT(shaped.problems, IsEmpty());
}

TEST(ShapeTest, ALongSentenceIsTwoLinesBrokenAtTheComma) {
  const ShapedCues shaped =
      shape(english({spoken("When the rain had finally stopped, we walked home along the river.", 0, 400)}),
            preset("netflix"));
  EXPECT_THAT(texts(shaped), ElementsAre(ElementsAre("When the rain had finally stopped,",
                                                     "we walked home along the river.")));
}

TEST(ShapeTest, LinesBreakBeforeAPrepositionAndNotAfterAnArticle) {
  const ShapedCues shaped =
      shape(english({spoken("The committee published a detailed report about the accident", 0, 400)}),
            preset("netflix"));
  EXPECT_THAT(texts(shaped),
              ElementsAre(ElementsAre("The committee published a detailed report", "about the accident")));
}

TEST(ShapeTest, CuesEndWithSentences) {
  const ShapedCues shaped = shape(english({spoken("This is the first sentence of the talk. And", 0, 400),
                                           spoken("here comes the second one, right behind it.", 3600, 400)}),
                                  preset("netflix"));
  EXPECT_THAT(texts(shaped), ElementsAre(ElementsAre("This is the first sentence of the talk."),
                                         ElementsAre("And here comes the second one,", "right behind it.")));
}

TEST(ShapeTest, APauseEndsACue) {
  const ShapedCues shaped = shape(
      english({spoken("We waited", 0, 400), spoken("and then it came.", 2000, 400)}), preset("netflix"));
  EXPECT_THAT(texts(shaped), ElementsAre(ElementsAre("We waited"), ElementsAre("and then it came.")));
}

TEST(ShapeTest, VeryShortCuesAreMerged) {
  const ShapedCues shaped =
      shape(english({spoken("No.", 0, 200), spoken("Yes.", 200, 200), spoken("Maybe.", 400, 500)}),
            preset("netflix"));
  EXPECT_THAT(texts(shaped), ElementsAre(ElementsAre("No. Yes. Maybe.")));
}

TEST(ShapeTest, ACueStaysIntoTheSilenceAfterItButNotIntoTheNextCue) {
  Transcript transcript =
      english({spoken("Unbelievable circumstances!", 0, 100), spoken("Stop it now.", 1300, 500)});
  transcript.duration = Millis(60'000);
  const ShapedCues shaped = shape(transcript, preset("netflix"));
  ASSERT_THAT(shaped.cues, SizeIs(2));
  // 27 characters need 1350 ms at 20 a second, and the next cue leaves 1300 - 83.
  EXPECT_EQ(shaped.cues[0].end, Millis(1217));
  ASSERT_THAT(shaped.problems, SizeIs(1));
  EXPECT_EQ(shaped.problems[0].cue, 1U);
  EXPECT_EQ(shaped.problems[0].fault, CueFault::kTooFast);
  EXPECT_NEAR(shaped.problems[0].measured, 27 / 1.217, 1e-6);
  EXPECT_EQ(describe(shaped.problems[0]), "Cue 1 is read at 22.19 characters per second; the limit is 20.");
}

TEST(ShapeTest, TheLastCueDoesNotOutlastTheRecording) {
  Transcript transcript = english({spoken("Bye.", 0, 200)});
  transcript.duration = Millis(500);
  const ShapedCues shaped = shape(transcript, preset("netflix"));
  EXPECT_EQ(shaped.cues[0].end, Millis(500));
  ASSERT_THAT(shaped.problems, SizeIs(1));
  EXPECT_EQ(shaped.problems[0].fault, CueFault::kTooShort);
  transcript.duration = Millis(0);  // Unknown: the cue stays as long as necessary.
  EXPECT_EQ(shape(transcript, preset("netflix")).cues[0].end, Millis(833));
}

TEST(ShapeTest, ASmallGapIsClosed) {
  const ShapedCues shaped = shape(english({spoken("This one ends in a full stop.", 0, 400),
                                           spoken("This one starts a little later.", 3200, 400)}),
                                  preset("netflix"));
  ASSERT_THAT(shaped.cues, SizeIs(2));
  EXPECT_EQ(shaped.cues[0].end, Millis(3200 - 83));
}

TEST(ShapeTest, AWordStretchedOverSilenceIsCutToTheLongestDuration) {
  Transcript transcript = english({spoken("Hello world.", 0, 500)});
  transcript.segments[0].words[1].end = Millis(30'000);
  const ShapedCues shaped = shape(transcript, preset("netflix"));
  ASSERT_THAT(shaped.cues, SizeIs(1));
  EXPECT_EQ(shaped.cues[0].end, Millis(7007));
  EXPECT_THAT(shaped.problems, IsEmpty());
}

TEST(ShapeTest, AWordWiderThanTheLineIsKeptWholeAndReported) {
  const std::string word(60, 'a');
  const ShapedCues shaped = shape(english({spoken("see " + word + " there", 0, 1500)}), preset("netflix"));
  bool found = false;
  for (const Cue& cue : shaped.cues)
    found = found || std::count(cue.lines.begin(), cue.lines.end(), word) == 1;
  EXPECT_TRUE(found);
  ASSERT_FALSE(shaped.problems.empty());
  EXPECT_EQ(shaped.problems[0].fault, CueFault::kLineTooLong);
  EXPECT_EQ(shaped.problems[0].measured, 60);
  EXPECT_EQ(shaped.problems[0].limit, 42);
}

TEST(ShapeTest, ChineseIsBrokenBetweenCharactersButNotBeforeAFullStop) {
  Transcript transcript;
  transcript.language = "zh";
  Segment segment;
  segment.end = Millis(9'500);
  segment.text =
      "今天我们要讨论的是语音识别技术的发展历史以及它在未来可能带来的变化。谢谢大家来到这里听我的演讲。";
  transcript.segments = {segment};
  const ShapedCues shaped = shape(transcript, preset("netflix"));
  std::string all;
  for (const Cue& cue : shaped.cues) {
    for (const std::string& line : cue.lines) {
      EXPECT_LE(display_width(line), 42U) << line;
      EXPECT_NE(line.substr(0, 3), "。");
      all += line;
    }
  }
  EXPECT_EQ(all, segment.text);
  EXPECT_THAT(shaped.cues.front().lines.back(), testing::EndsWith("。"));
}

TEST(ShapeTest, ChineseIsRatherBrokenBetweenWords) {
  Transcript transcript;
  transcript.language = "zh";
  Segment segment;
  segment.end = Millis(9'000);
  segment.text = "今天我们要讨论的是语音识别技术";
  transcript.segments = {segment};
  const std::vector<Unit> units = make_units(transcript, 24);
  ASSERT_THAT(units, SizeIs(15));
  EXPECT_EQ(units[0].after, BreakQuality::kBad);    // 今|天
  EXPECT_EQ(units[1].after, BreakQuality::kPlain);  // 今天|我们
}

TEST(ShapeTest, ThaiIsBrokenBetweenItsWords) {
  Transcript transcript;
  transcript.language = "th";
  Segment segment;
  segment.end = Millis(9'000);
  segment.text = "ภาษาไทยเป็นภาษาที่ไม่มีการเว้นวรรคระหว่างคำในประโยคเดียวกันทั้งหมด";
  transcript.segments = {segment};
  const std::vector<Unit> units = make_units(transcript, 42);
  EXPECT_EQ(units[0].text, "ภาษา");
  EXPECT_EQ(joined_text(units), segment.text);
  for (const Cue& cue : shape(transcript, preset("shorts")).cues) {
    EXPECT_LE(display_width(cue.lines.at(0)), 24U);
  }
}

TEST(ShapeTest, ACharacterRunWithoutBreaksIsCutAtTheLineLimit) {
  Transcript transcript;
  Segment segment;
  segment.end = Millis(9'000);
  segment.text = "あ";
  for (int i = 0; i < 100; ++i) segment.text += "ー";
  transcript.segments = {segment};
  const ShapedCues shaped = shape(transcript, preset("netflix"));
  for (const CueProblem& problem : shaped.problems) EXPECT_NE(problem.fault, CueFault::kLineTooLong);
}

TEST(ShapeTest, TextWithoutWordTimesIsSpreadByItsWidth) {
  Transcript transcript = english({});
  Segment segment;
  segment.start = Millis(10'000);
  segment.end = Millis(20'000);
  segment.text = "aaaa bbbb cccc dddd eeee";
  transcript.segments = {segment};
  const std::vector<Unit> units = make_units(transcript, 42);
  ASSERT_THAT(units, SizeIs(5));
  EXPECT_EQ(units[0].start, Millis(10'000));
  EXPECT_EQ(units[1].start, Millis(12'000));
  EXPECT_EQ(units[4].end, Millis(20'000));
}

TEST(ShapeTest, PlainIsOneCueForEachSegmentWrappedAtEighty) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "word ";
  const ShapedCues shaped =
      shape(english({spoken(text, 0, 100), spoken("Short.", 3000, 100)}), preset("plain"));
  ASSERT_THAT(shaped.cues, SizeIs(2));
  EXPECT_THAT(shaped.cues[0].lines, SizeIs(2));
  EXPECT_EQ(shaped.cues[0].end, Millis(3000));
  EXPECT_EQ(shaped.cues[1].end, Millis(3100));
  EXPECT_THAT(shaped.problems, IsEmpty());
}

TEST(ShapeTest, BbcGivesEachWordItsTime) {
  Transcript transcript = english({spoken("I do as I do.", 0, 100)});
  transcript.duration = Millis(10'000);
  EXPECT_EQ(shape(transcript, preset("bbc")).cues.at(0).end, Millis(1500));
}

TEST(ShapeTest, AnEmptyTranscriptHasNoCues) {
  EXPECT_THAT(shape(Transcript{}, preset("netflix")).cues, IsEmpty());
  EXPECT_THAT(shape(english({Segment{}}), preset("plain")).cues, IsEmpty());
}

TEST(BreakQualityTest, JudgesPlaces) {
  EXPECT_EQ(judge_break("end.", "Next", "en"), BreakQuality::kSentence);
  EXPECT_EQ(judge_break("end.”", "Next", "en"), BreakQuality::kSentence);
  EXPECT_EQ(judge_break("e.g.", "apples", "en"), BreakQuality::kPlain);
  EXPECT_EQ(judge_break("Mr.", "Smith", "en"), BreakQuality::kBad);
  EXPECT_EQ(judge_break("J.", "Smith", "en"), BreakQuality::kPlain);
  EXPECT_EQ(judge_break("well,", "then", "en"), BreakQuality::kClause);
  EXPECT_EQ(judge_break("好，", "我", "zh"), BreakQuality::kClause);
  EXPECT_EQ(judge_break("book", "of", "en"), BreakQuality::kPhrase);
  EXPECT_EQ(judge_break("of", "books", "en"), BreakQuality::kBad);
  EXPECT_EQ(judge_break("Haus", "und", "de"), BreakQuality::kPhrase);
  EXPECT_EQ(judge_break("Haus", "und", "it"), BreakQuality::kPlain);
}

}  // namespace
}  // namespace vat::subtitles

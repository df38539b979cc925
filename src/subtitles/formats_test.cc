#include "subtitles/formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace vat::subtitles {
namespace {

using testing::HasSubstr;

Segment segment(std::int64_t start, std::int64_t end, std::string text) {
  Segment result;
  result.start = Millis(start);
  result.end = Millis(end);
  result.text = std::move(text);
  return result;
}

Transcript talk() {
  Transcript transcript;
  transcript.engine = "whisper";
  transcript.model = "base.en";
  transcript.model_version = "1.2.3";
  transcript.language = "en";
  transcript.language_probability = 0.5F;
  transcript.duration = Millis(11'500);
  transcript.speech = Millis(5'000);
  transcript.segments = {segment(0, 2'500, "Hello, world."),
                         segment(2'500, 4'000, "It is <b>late</b> & cold."),
                         segment(9'000, 11'250, "Good night!")};
  transcript.segments[0].words = {{Millis(0), Millis(1'000), "Hello,", 0.75F, false},
                                  {Millis(1'200), Millis(2'500), "world.", 0.5F, false}};
  transcript.segments[0].average_log_probability = -0.25F;
  transcript.warnings = {"The file is cut short."};
  return transcript;
}

ShapedCues talk_cues() {
  ShapedCues cues;
  cues.preset = "netflix";
  cues.cues = {{Millis(0), Millis(2'500), {"Hello, world."}, ""},
               {Millis(2'583), Millis(4'000), {"It is <b>late</b>", "& cold."}, "Anna"},
               {Millis(9'000), Millis(11'250), {"Good night!"}, ""}};
  cues.problems = {{2, CueFault::kTooFast, 24.5, 20}};
  return cues;
}

TEST(FormatsTest, NamesAndTypesGoBothWays) {
  EXPECT_EQ(all_formats().size(), 10U);
  for (const Format format : all_formats()) {
    EXPECT_EQ(parse_format(format_name(format)).value(), format);
    EXPECT_FALSE(media_type(format).empty());
    EXPECT_FALSE(file_extension(format).empty());
  }
  EXPECT_EQ(parse_format("SRT").value(), Format::kSrt);
  const auto unknown = parse_format("pdf");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(unknown.error().message, HasSubstr("txt, srt, vtt, json, tsv, csv, lrc, md, docx, rttm"));
}

TEST(FormatsTest, TxtHasAParagraphForEachPause) {
  EXPECT_EQ(write(Format::kTxt, talk(), talk_cues()),
            "Hello, world. It is <b>late</b> & cold.\n\nGood night!\n");
  EXPECT_EQ(write(Format::kTxt, Transcript{}, {}), "");
}

TEST(FormatsTest, TxtPartsALongSpeechWithoutPausesAfterASentence) {
  Transcript transcript;
  for (std::int64_t i = 0; i < 100; ++i) {
    transcript.segments.push_back(
        segment(i * 1000, i * 1000 + 1000, i % 2 == 0 ? "Here is a sentence" : "that ends."));
  }
  const auto result = paragraphs(transcript, Millis(2000));
  ASSERT_GT(result.size(), 1U);
  for (const Paragraph& paragraph : result) {
    EXPECT_EQ(paragraph.text.back(), '.');
    EXPECT_LT(paragraph.text.size(), 900U);
  }
}

Transcript dialogue() {
  Transcript transcript = talk();
  transcript.speakers = {{"S1", "=Anna <b>"}, {"S2", "", 118.4}};
  transcript.turns = {{Millis(0), Millis(2'500), 0}, {Millis(2'400), Millis(4'000), 1}};
  transcript.segments[0].speaker = "S1";
  transcript.segments[1].speaker = "S2";
  transcript.segments[1].overlapped = true;
  transcript.segments[2].speaker = "S2";
  return transcript;
}

TEST(FormatsTest, SpeakersBeginParagraphs) {
  EXPECT_EQ(write(Format::kTxt, dialogue(), {}),
            "[00:00:00] =Anna <b>: Hello, world.\n\n[00:00:02] Speaker 2: It is <b>late</b> & cold.\n\n"
            "[00:00:09] Speaker 2: Good night!\n");
  EXPECT_THAT(write(Format::kMarkdown, dialogue(), {}),
              HasSubstr("\n**[00:00:00] =Anna \\<b\\>:** Hello, world.\n"
                        "\n**[00:00:02] Speaker 2:** It is"));
}

TEST(FormatsTest, TablesHaveAColumnForSpeakersWhereThereAreAny) {
  EXPECT_THAT(write(Format::kTsv, dialogue(), {}),
              HasSubstr("start\tend\ttext\tspeaker\n0\t2500\tHello, world.\t=Anna <b>\n"));
  EXPECT_THAT(
      write(Format::kCsv, dialogue(), {}),
      HasSubstr(
          "start,end,text,confidence,speaker\r\n0.000,2.500,\"Hello, world.\",0.625,\"'=Anna <b>\"\r\n"));
}

TEST(FormatsTest, JsonHasSpeakersTurnsAndOverlaps) {
  const auto json = boost::json::parse(write(Format::kJson, dialogue(), {}));
  EXPECT_EQ(json.at_pointer("/segments/0/speaker"), "S1");
  EXPECT_FALSE(json.at_pointer("/segments/0").as_object().contains("overlapped"));
  EXPECT_EQ(json.at_pointer("/segments/1/overlapped"), true);
  EXPECT_EQ(json.at_pointer("/words/0/speaker"), "S1");
  EXPECT_EQ(json.at_pointer("/speakers/0/name"), "=Anna <b>");
  EXPECT_EQ(json.at_pointer("/speakers/1/id"), "S2");
  EXPECT_EQ(json.at_pointer("/speakers/1/talking"), 3.75);
  EXPECT_EQ(json.at_pointer("/speakers/1/pitch"), 118.4);
  EXPECT_FALSE(json.at_pointer("/speakers/0").as_object().contains("pitch"));
  EXPECT_EQ(json.at_pointer("/turns/1/speaker"), "S2");
  EXPECT_EQ(json.at_pointer("/turns/1/start"), 2.4);
  EXPECT_FALSE(boost::json::parse(write(Format::kJson, talk(), {})).as_object().contains("speakers"));
}

TEST(FormatsTest, SrtNamesASpeakerOnceAndVttAlways) {
  std::vector<Cue> cues = {{Millis(0), Millis(10), {"One"}, "Anna"},
                           {Millis(10), Millis(20), {"Two"}, "Anna"},
                           {Millis(20), Millis(30), {"Three"}, ""},
                           {Millis(30), Millis(40), {"Four"}, "Anna"}};
  EXPECT_EQ(write_srt(cues),
            "1\n00:00:00,000 --> 00:00:00,010\nAnna: One\n\n2\n00:00:00,010 --> 00:00:00,020\nTwo\n\n"
            "3\n00:00:00,020 --> 00:00:00,030\nThree\n\n4\n00:00:00,030 --> 00:00:00,040\nAnna: Four\n\n");
  EXPECT_THAT(write_vtt(cues), HasSubstr("<v Anna>One\n\n00:00:00.010 --> 00:00:00.020\n<v Anna>Two\n"));
}

TEST(FormatsTest, TextThatComesInPiecesIsTheTextOfTheWhole) {
  Transcript transcript = talk();
  transcript.segments.push_back(segment(90'000, 91'000, " \n"));
  transcript.segments.push_back(segment(91'000, 92'000, "And a\x01last\xff word "));
  for (std::int64_t i = 0; i < 100; ++i)
    transcript.segments.push_back(segment(92'000 + i * 1000, 93'000 + i * 1000, "It goes on and on."));
  TextStream stream;
  std::string text;
  for (const Segment& one : transcript.segments) {
    const std::string piece = stream.add(one);
    EXPECT_TRUE(piece.empty() || piece.back() != '\n') << "a line ends when the next begins";
    text += piece;
  }
  text += stream.finish();
  EXPECT_EQ(text, write(Format::kTxt, transcript, {}));
  EXPECT_THAT(text, HasSubstr("night!\n\nAnd a last\xef\xbf\xbd word It goes"));
  EXPECT_EQ(TextStream().finish(), "");
}

TEST(FormatsTest, SegmentsWithoutSpacesAreJoinedWithoutSpaces) {
  Transcript transcript;
  transcript.segments = {segment(0, 1000, "你好。"), segment(1000, 2000, "世界很大。"),
                         segment(2000, 3000, "OK then.")};
  EXPECT_EQ(write(Format::kTxt, transcript, {}), "你好。世界很大。 OK then.\n");
}

TEST(FormatsTest, SrtIsNumberedAndEscapedOnlyWhereItMustBe) {
  EXPECT_EQ(write(Format::kSrt, talk(), talk_cues()),
            "1\n00:00:00,000 --> 00:00:02,500\nHello, world.\n\n"
            "2\n00:00:02,583 --> 00:00:04,000\nAnna: It is &lt;b&gt;late&lt;/b&gt;\n& cold.\n\n"
            "3\n00:00:09,000 --> 00:00:11,250\nGood night!\n\n");
  const std::vector<Cue> cues = {{Millis(0), Millis(1), {"a < b --> c"}, ""},
                                 {Millis(1), Millis(2), {"3 < 4"}, ""}};
  EXPECT_THAT(write_srt(cues), HasSubstr("a &lt; b --&gt; c\n"));
  EXPECT_THAT(write_srt(cues), HasSubstr("\n3 < 4\n"));
}

TEST(FormatsTest, VttEscapesMarkupAndNamesSpeakers) {
  EXPECT_EQ(write(Format::kVtt, talk(), talk_cues()),
            "WEBVTT\n\nNOTE\nRecognised by whisper, model base.en.\n\n00:00:00.000 --> 00:00:02.500\nHello, "
            "world.\n\n"
            "00:00:02.583 --> 00:00:04.000\n<v Anna>It is &lt;b&gt;late&lt;/b&gt;\n&amp; cold.\n\n"
            "00:00:09.000 --> 00:00:11.250\nGood night!\n\n");
}

TEST(FormatsTest, CuesWithoutTextAreLeftOutAndTimesStayInOrder) {
  const std::vector<Cue> cues = {{Millis(0), Millis(1), {" ", ""}, ""},
                                 {Millis(-5), Millis(-9), {"one\n\ntwo", "", "three"}, ""}};
  EXPECT_EQ(write_srt(cues), "1\n00:00:00,000 --> 00:00:00,001\none  two\nthree\n\n");
}

TEST(FormatsTest, TimesPastNinetyNineHoursAreWritten) {
  const std::vector<Cue> cues = {{Millis(360'000'000), Millis(3'600'000'000'123), {"late"}, ""}};
  EXPECT_THAT(write_srt(cues), HasSubstr("100:00:00,000 --> 1000000:00:00,123"));
  EXPECT_THAT(write_vtt(cues), HasSubstr("100:00:00.000 --> 1000000:00:00.123"));
}

TEST(FormatsTest, TsvHasWholeMillisecondsAndNoTabInText) {
  Transcript transcript = talk();
  transcript.segments[0].text = "Hello,\tworld.";
  EXPECT_EQ(write(Format::kTsv, transcript, {}),
            "start\tend\ttext\n0\t2500\tHello, world.\n2500\t4000\tIt is <b>late</b> & cold.\n"
            "9000\t11250\tGood night!\n");
}

TEST(FormatsTest, CsvQuotesAndDisarmsFormulas) {
  Transcript transcript = talk();
  transcript.segments[1].text = "=cmd|' /C calc'!A0";
  transcript.segments[2].text = "He said \"no\", twice";
  EXPECT_EQ(write(Format::kCsv, transcript, {}),
            "start,end,text,confidence\r\n0.000,2.500,\"Hello, world.\",0.625\r\n"
            "2.500,4.000,\"'=cmd|' /C calc'!A0\",\r\n9.000,11.250,\"He said \"\"no\"\", twice\",\r\n");
  transcript.segments = {segment(0, 1, "＋1"), segment(0, 1, "-1"), segment(0, 1, "@a"),
                         segment(0, 1, "\t=1")};
  const std::string csv = write(Format::kCsv, transcript, {});
  for (const char* disarmed : {"\"'＋1\"", "\"'-1\"", "\"'@a\"", "\"'=1\""})
    EXPECT_THAT(csv, HasSubstr(disarmed));
}

TEST(FormatsTest, LrcHasTagsAndClearsTheLineInLongSilence) {
  EXPECT_EQ(write(Format::kLrc, talk(), talk_cues(), {.title = "A [good] talk"}),
            "[ti:A [good) talk]\n[la:en]\n[re:video-audio-text]\n[length:00:11.50]\n"
            "[00:00.00]Hello, world.\n[00:02.58]Anna: It is <b>late</b> & cold.\n[00:04.00]\n"
            "[00:09.00]Good night!\n");
  const std::vector<Cue> long_after = {{Millis(7'384'450), Millis(7'385'000), {"[music]"}, ""}};
  ShapedCues cues;
  cues.cues = long_after;
  EXPECT_THAT(write(Format::kLrc, talk(), cues), HasSubstr("[123:04.45] [music]\n"));
}

TEST(FormatsTest, MarkdownTellsWhoRecognisedAndEscapes) {
  EXPECT_EQ(
      write(Format::kMarkdown, talk(), talk_cues(), {.title = "Talk #1"}),
      "# Talk \\#1\n\n- Length: 00:00:11\n- Language: english\n- Recognised by: whisper, model base.en\n"
      "- Note: The file is cut short.\n\n"
      "**[00:00:00]** Hello, world. It is \\<b\\>late\\</b\\> \\& cold.\n\n**[00:00:09]** Good night!\n");
}

TEST(FormatsTest, JsonNamesTheLanguageOfASegmentThatHasOneOfItsOwn) {
  Transcript transcript = talk();
  transcript.segments[1].language = "de";
  const auto json = boost::json::parse(write(Format::kJson, transcript, talk_cues()));
  const auto& segments = json.at("segments").as_array();
  EXPECT_EQ(segments.at(1).at("language"), "de");
  EXPECT_FALSE(segments.at(0).as_object().contains("language"));
}

TEST(FormatsTest, JsonHasTheShapeOfVerboseJson) {
  const auto json = boost::json::parse(write(Format::kJson, talk(), talk_cues())).as_object();
  EXPECT_EQ(json.at("task"), "transcribe");
  EXPECT_EQ(json.at("language"), "english");
  EXPECT_EQ(json.at("language_code"), "en");
  EXPECT_EQ(json.at("duration"), 11.5);
  EXPECT_EQ(json.at("text"), "Hello, world. It is <b>late</b> & cold. Good night!");
  const auto& segments = json.at("segments").as_array();
  ASSERT_EQ(segments.size(), 3U);
  const auto& third = segments[2].as_object();
  EXPECT_EQ(third.at("id"), 2);
  EXPECT_EQ(third.at("seek"), 900);
  EXPECT_EQ(third.at("end"), 11.25);
  EXPECT_TRUE(third.at("tokens").as_array().empty());
  for (const char* key : {"temperature", "avg_logprob", "compression_ratio", "no_speech_prob"}) {
    EXPECT_TRUE(third.contains(key)) << key;
  }
  EXPECT_EQ(segments[0].as_object().at("avg_logprob"), -0.25);
  const auto& words = json.at("words").as_array();
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].as_object().at("word"), "Hello,");
  EXPECT_EQ(words[1].as_object().at("confidence"), 0.5);
  EXPECT_EQ(json.at("engine"), "whisper");
  EXPECT_EQ(json.at("warnings").as_array().at(0), "The file is cut short.");
  const auto& problem = json.at("subtitles").as_object().at("problems").as_array().at(0).as_object();
  EXPECT_EQ(problem.at("fault"), "too_fast");
  EXPECT_EQ(problem.at("measured"), 24.5);
}

TEST(FormatsTest, WordsWhoseEngineIsNotSureOrUnsureHaveNoConfidence) {
  Transcript transcript = talk();
  for (Segment& segment : transcript.segments)
    for (Word& word : segment.words) word.confidence = kNoConfidence;
  EXPECT_FALSE(boost::json::parse(write(Format::kJson, transcript, {}))
                   .at("words")
                   .at(0)
                   .as_object()
                   .contains("confidence"));
  EXPECT_THAT(write(Format::kCsv, transcript, {}), HasSubstr("\"Hello, world.\",\r\n"));
}

TEST(FormatsTest, JsonNumbersAreFiniteAndTextIsUtf8) {
  Transcript transcript = talk();
  transcript.segments[0].average_log_probability = -std::numeric_limits<float>::infinity();
  transcript.segments[0].compression_ratio = std::nanf("");
  transcript.segments[0].text = "a\xff\x01\"b";
  transcript.timings.total = 1e300;
  const std::string text = write(Format::kJson, transcript, {});
  EXPECT_TRUE(is_utf8(text));
  const auto json = boost::json::parse(text).as_object();
  EXPECT_EQ(json.at("segments").at(0).at("avg_logprob").to_number<double>(), 0);
  EXPECT_EQ(json.at("segments").at(0).at("text"), "a\xef\xbf\xbd\x01\"b");
}

TEST(FormatsTest, EveryFormatIsUtf8WhateverTheTranscriptHolds) {
  Transcript transcript = talk();
  transcript.segments[0].text = "\xc0\xaf=\xed\xa0\x80";
  transcript.language = "\xff";
  transcript.engine = "\xfe\n# x";
  ShapedCues cues = talk_cues();
  cues.cues[0].lines = {"\xf5\x80"};
  cues.cues[1].speaker = "\xff>x\n";
  for (const Format format : all_formats()) {
    if (format == Format::kDocx) continue;
    EXPECT_TRUE(is_utf8(write(format, transcript, cues, {.title = "\xff"}))) << format_name(format);
  }
}

TEST(FormatsTest, LanguagesHaveTheNamesOfOpenAi) {
  EXPECT_EQ(language_name("de"), "german");
  EXPECT_EQ(language_name("my"), "myanmar");
  EXPECT_EQ(language_name("yue"), "cantonese");
  EXPECT_EQ(language_name("zh"), "chinese");
  EXPECT_EQ(language_name("haw"), "hawaiian");
  EXPECT_EQ(language_name(""), "");
  EXPECT_EQ(language_name("english"), "english");
}

}  // namespace
}  // namespace vat::subtitles

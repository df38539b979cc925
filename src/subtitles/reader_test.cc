#include "subtitles/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "subtitles/formats.h"

namespace vat::subtitles {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Cue cue(std::int64_t start, std::int64_t end, std::vector<std::string> lines, std::string speaker = {}) {
  return {Millis(start), Millis(end), std::move(lines), std::move(speaker)};
}

std::vector<Cue> read(std::string_view bytes) {
  auto cues = read_subtitles(bytes);
  EXPECT_TRUE(cues) << cues.error().message;
  return cues ? *cues : std::vector<Cue>{};
}

std::string error_of(std::string_view bytes) {
  const auto cues = read_subtitles(bytes);
  EXPECT_FALSE(cues);
  if (cues) return {};
  EXPECT_EQ(cues.error().code, ErrorCode::kBadData);
  return cues.error().message;
}

TEST(ReaderTest, SubtitlesAreToldFromTextByHowTheyBegin) {
  for (const std::string_view text :
       {"1\n00:00:01,000 --> 00:00:02,000\nHello\n", "\n\n12\r\n0:00:01.0 --> 0:00:02.0\r\n",
        "00:01.000 --> 00:02.000\nHello", "WEBVTT\n", "\xEF\xBB\xBFWEBVTT"})
    EXPECT_TRUE(looks_like_subtitles(text)) << text;
  for (const std::string_view text :
       {"", "1\nThe first chapter\n", "a --> b", "1", "Hello, 00:01.000 is a time.\n"})
    EXPECT_FALSE(looks_like_subtitles(text)) << text;
}

TEST(ReaderTest, ReadsSubRip) {
  EXPECT_THAT(
      read("1\n00:00:01,000 --> 00:00:02,500\nHello,\nworld.\n\n2\n01:00:03,000 --> 01:00:04,000\nBye.\n"),
      ElementsAre(cue(1000, 2500, {"Hello,", "world."}), cue(3'603'000, 3'604'000, {"Bye."})));
}

TEST(ReaderTest, EveryLineEndAndAByteOrderMarkAreAccepted) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string text =
        "\xef\xbb\xbf"
        "1" +
        end + "00:00:01,000 --> 00:00:02,000" + end + "a" + end + "b" + end + end + "2" + end +
        "00:00:03,000 --> 00:00:04,000" + end + "c";
    EXPECT_THAT(read(text), ElementsAre(cue(1000, 2000, {"a", "b"}), cue(3000, 4000, {"c"})));
  }
}

TEST(ReaderTest, LooseTimesAreAccepted) {
  EXPECT_THAT(
      read("0:0:1.5-->00:02,25  X1:40 X2:600\na\n\n 00:00:03 --> 00:00:04.123456 \nb\n\n123:00:00,000 --> "
           "123:00:01,000\nc\n"),
      ElementsAre(cue(1500, 2250, {"a"}), cue(3000, 4123, {"b"}), cue(442'800'000, 442'801'000, {"c"})));
}

TEST(ReaderTest, AMissingNumberOrEmptyLineIsForgiven) {
  EXPECT_THAT(read("00:01,000 --> 00:02,000\na\n00:02,000 --> 00:03,000\nb\n3\n00:03,000 --> 00:04,000\nc\n"),
              ElementsAre(cue(1000, 2000, {"a"}), cue(2000, 3000, {"b"}), cue(3000, 4000, {"c"})));
}

TEST(ReaderTest, TextAfterAnEmptyLineIsKeptAndALoneLastNumberIsNot) {
  EXPECT_THAT(read("1\n00:01,000 --> 00:02,000\na\n\nb\n1984\n\n2\n"),
              ElementsAre(cue(1000, 2000, {"a", "b", "1984"})));
  EXPECT_THAT(read("1\n00:01,000 --> 00:02,000\n\nlate\n"), ElementsAre(cue(1000, 2000, {"late"})));
}

TEST(ReaderTest, SrtMarkupIsRemovedAndOtherBracketsStay) {
  EXPECT_THAT(read("1\n00:01,000 --> 00:02,000\n{\\an8}<i>a</i> <FONT color=\"#fff\">b</FONT> 3 < 4 <laughs> "
                   "&amp; &c\n"),
              ElementsAre(cue(1000, 2000, {"a b 3 < 4 <laughs> & &c"})));
  EXPECT_THAT(read("1\n00:01,000 --> 00:02,000\na --> b\n"), ElementsAre(cue(1000, 2000, {"a --> b"})));
}

TEST(ReaderTest, EscapesOfSubStationAlphaAreBreaksAndSpaces) {
  EXPECT_THAT(read("1\n00:01,000 --> 00:02,000\n{y:i}a {C:$0000ff}b {s} {note: c}\n"),
              ElementsAre(cue(1000, 2000, {"a b {s} {note: c}"})));
  EXPECT_THAT(read("1\n00:01,000 --> 00:02,000\n{\\an8}First line\\Nsecond\\hline\\nthird\n"),
              ElementsAre(cue(1000, 2000, {"First line", "second line", "third"})));
  EXPECT_THAT(read("1\n00:01,000 --> 00:02,000\n{\\i1\\b1}a{\\r} {\\p1}m 0 0 l 100 0{\\p0}b{\\pos(1,2)}\n"),
              ElementsAre(cue(1000, 2000, {"a b"})));
  EXPECT_THAT(read("1\n00:01,000 --> 00:02,000\nIn C:\\New\\home or \\\\host\\New {x}\\N- He said:\\NHi\n"),
              ElementsAre(cue(1000, 2000, {"In C:\\New\\home or \\\\host\\New {x}", "- He said:", "Hi"})));
  EXPECT_THAT(read("WEBVTT\n\n00:01.000 --> 00:02.000\na\\Nb\n"), ElementsAre(cue(1000, 2000, {"a\\Nb"})));
}

TEST(ReaderTest, EveryReferenceOfHtmlIsRead) {
  const auto line = [](const std::string& text, bool vtt = true) {
    const auto cues = read(vtt ? "WEBVTT\n\n00:01.000 --> 00:02.000\n" + text + "\n"
                               : "1\n00:01,000 --> 00:02,000\n" + text + "\n");
    return cues.empty() ? std::string() : cues[0].lines.at(0);
  };
  EXPECT_EQ(line("Caf&eacute; &mdash; &hellip; &copy; tr&egrave;s"), "Café — … © très");
  EXPECT_EQ(line("&CounterClockwiseContourIntegral;&AElig;&zwnj;&NotEqualTilde;&fjlig;"), "∳Æ\u200C≂̸fj");
  EXPECT_EQ(line("&#233;&#xE9;&#XE9;&#x1F600;&#147;&#0;&#xD800;&#x110000;"), "ééé😀“\uFFFD\uFFFD\uFFFD");
  // Without a semicolon, some are read and others not.
  EXPECT_EQ(line("&copy 2026, &eacutex, &notit; &hellip now, &#65x &#x41."),
            "© 2026, éx, ¬it; &hellip now, Ax A.");
  EXPECT_EQ(line("AT&T, R&D; &; &#; &#x; &unknown; a & b"), "AT&T, R&D; &; &#; &#x; &unknown; a & b");
  EXPECT_EQ(line("Caf&eacute; &copy 1 &#233; &#65x &lt;i&gt;", false), "Café &copy 1 é &#65x <i>");
  EXPECT_EQ(line("&amp;eacute;"), "&eacute;");
}

TEST(ReaderTest, ReadsWebVtt) {
  EXPECT_THAT(
      read("WEBVTT - title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:x\n\nNOTE\nnot "
           "text\n\n"
           "first\n00:01.000 --> 00:02.000 align:start position:10%\n<v.loud Anna &amp; Bo>Hi <b>you</b> "
           "<00:00:01.500>&lt;3&gt;</v>\n&nbsp;x\n\n00:00:03.000 --> 00:00:04.000\nTwo\n"),
      ElementsAre(cue(1000, 2000, {"Hi you <3>", "\xc2\xa0x"}, "Anna & Bo"), cue(3000, 4000, {"Two"})));
  EXPECT_THAT(read("WEBVTT\n"), IsEmpty());
  EXPECT_THAT(read("WEBVTT\n00:01.000 --> 00:02.000\nno empty line\n"), SizeIs(1));
}

TEST(ReaderTest, EncodingsAreRecognised) {
  const std::string ascii = "1\n00:01,000 --> 00:02,000\n";
  EXPECT_THAT(read(ascii + "Gr\xfc\xdf"
                           "e \x96 \x93hi\x94\n"),
              ElementsAre(cue(1000, 2000, {"Grüße – “hi”"})));
  EXPECT_THAT(read(ascii + "Grüße, schöne \xff Grüße\n"),
              ElementsAre(cue(1000, 2000, {"Grüße, schöne \xef\xbf\xbd Grüße"})));
  std::string little = "\xff\xfe";
  std::string big = "\xfe\xff";
  for (const char c : ascii) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  little += {'\x16', '\x4e', '\n', '\0'};
  big += {'\x4e', '\x16', '\0', '\n'};
  EXPECT_THAT(read(little), ElementsAre(cue(1000, 2000, {"世"})));
  EXPECT_THAT(read(big), ElementsAre(cue(1000, 2000, {"世"})));
}

TEST(ReaderTest, CuesAreSortedAndLast) {
  EXPECT_THAT(read("1\n00:05,000 --> 00:04,000\nb\n\n2\n00:01,000 --> 00:02,000\na\n\n3\n00:06,000 --> "
                   "00:07,000\n<i></i>\n"),
              ElementsAre(cue(1000, 2000, {"a"}), cue(5000, 5001, {"b"})));
}

TEST(ReaderTest, ErrorsNameTheLine) {
  EXPECT_EQ(error_of("1\n00:00:01,000 -> 00:00:02,000\na\n"),
            "Line 2 is \"00:00:01,000 -> 00:00:02,000\", which is not a valid time such as 00:01:02,500 --> "
            "00:01:04,000; correct it.");
  EXPECT_THAT(error_of("1\n00:01,000 --> 00:02,000\na\n\n2\n00:61:00,000 --> 00:62:00,000\nb\n"),
              HasSubstr("Line 6 is"));
  EXPECT_THAT(error_of("WEBVTT\r\n\r\n00:01.000 --> never\r\na\r\n"), HasSubstr("Line 3 is"));
  for (const std::string arrow : {"–-›", "–->", "→", "-", "—>", "=>", "--&gt;", "~>", ""})
    EXPECT_THAT(error_of("1\n00:00:00,500 " + arrow + " 00:00:01,000\nx\n"),
                HasSubstr("Line 2 is \"00:00:00,500"))
        << arrow;
  EXPECT_THAT(error_of("1\n00:00:00,500\nx\n"), HasSubstr("Line 2 is"));
  for (const std::string_view gap : {"\n", "\n\n"})
    EXPECT_THAT(
        error_of("1\n00:01,000 --> 00:02,000\na" + std::string(gap) + "2\n00:00:03,000 –> 00:00:04,000\nb\n"),
        HasSubstr("is \"00:00:03,000 –>"))
        << gap;
  EXPECT_THAT(error_of("\n\nDear sir,\n"), HasSubstr("Line 3 is \"Dear sir,\""));
  EXPECT_THAT(error_of("99999999999:00:00,000 --> 2\n"), HasSubstr("Line 1 is"));
  EXPECT_EQ(error_of(""), "The file contains no subtitles; give an SRT or WebVTT file.");
}

TEST(ReaderTest, SizeIsBounded) {
  const auto cues = read_subtitles(std::string(kMaxSubtitleBytes + 1, ' '));
  ASSERT_FALSE(cues);
  EXPECT_EQ(cues.error().code, ErrorCode::kLimit);
  // Unclosed brackets must not each cause a search to the end.
  std::string hostile = "1\n00:01,000 --> 00:02,000\n>}";
  for (int i = 0; i < 1'000'000; ++i) hostile += "<i {\\ &#x";
  EXPECT_THAT(read(hostile), SizeIs(1));
  EXPECT_THAT(read("WEBVTT\n\n" + hostile), SizeIs(1));
}

TEST(ReaderTest, WhatWasWrittenIsReadAsItWas) {
  const std::vector<Cue> cues = {
      cue(0, 1,
          {"<b>not bold</b> & {\\an8} &amp; &lt;", "a --> b", "1984", "00:00:01,000 --> 00:00:02,000",
           "{\\an", "8}", "<i", ">", "7", "00:00:01,000 –> 00:00:02,000", "C:\\New a\\Nb\\h {\\p1}"}),
      cue(1, 999, {"WEBVTT", "NOTE this"}), cue(1000, 2000, {"世界", "3 < 4 > 2", "<v Anna>quoted"}),
      cue(360'000'000, 3'600'000'000'000, {"late"})};
  EXPECT_EQ(read(write_srt(cues)), cues);
  std::vector<Cue> spoken = cues;
  spoken[0].speaker = "Anna <& Co>";
  spoken[1].speaker = "B--";
  EXPECT_EQ(read(write_vtt(spoken)), spoken);
}

}  // namespace
}  // namespace vat::subtitles

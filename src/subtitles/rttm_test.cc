#include "subtitles/rttm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "subtitles/formats.h"

namespace vat::subtitles {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(RttmTest, TurnsAreReadAsTheyAreWritten) {
  Transcript transcript;
  transcript.speakers = {{"S1", "Anna Bell"}, {"S2", ""}};
  transcript.turns = {{Millis(500), Millis(2'750), 0}, {Millis(2'000), Millis(3'600'123), 1}};
  const std::string written = write(Format::kRttm, transcript, {}, {.title = "A talk"});
  EXPECT_EQ(written,
            "SPEAKER A_talk 1 0.500 2.250 <NA> <NA> Anna_Bell <NA> <NA>\n"
            "SPEAKER A_talk 1 2.000 3598.123 <NA> <NA> Speaker_2 <NA> <NA>\n");
  const auto read = read_rttm(written, "A talk");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->turns, transcript.turns);
  EXPECT_THAT(read->names, ElementsAre("Anna Bell", "Speaker 2"));
}

TEST(RttmTest, WhatPeopleNamedIsWrittenWithoutTurns) {
  Transcript transcript;
  transcript.speakers = {{"S1", "Anna"}};
  transcript.segments.resize(2);
  transcript.segments[1] = {.start = Millis(1'000), .end = Millis(2'000), .text = "Hello."};
  transcript.segments[1].speaker = "S1";
  EXPECT_EQ(write(Format::kRttm, transcript, {}),
            "SPEAKER recording 1 1.000 1.000 <NA> <NA> Anna <NA> <NA>\n");
  EXPECT_EQ(write(Format::kRttm, Transcript(), {}), "");
}

TEST(RttmTest, OneOfSeveralRecordingsIsRead) {
  const std::string file =
      ";; a comment\r\n"
      "SPKR-INFO one 1 <NA> <NA> <NA> unknown A <NA>\r\n"
      "SPEAKER one 1 1 2 <NA> <NA> A <NA>\r\n\r\n"
      "SPEAKER two\t1 3.5 1 <NA> <NA> B <NA> <NA>\n";
  EXPECT_THAT(read_rttm(file, "two").value().turns,
              ElementsAre(SpeakerTurn{Millis(3'500), Millis(4'500), 0}));
  const auto none = read_rttm(file, "three");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("2 recordings"));
  EXPECT_EQ(read_rttm("SPEAKER one 1 1 2 <NA> <NA> A <NA>", "anything").value().turns.size(), 1U);
  EXPECT_TRUE(read_rttm("", "x").value().turns.empty());
}

TEST(RttmTest, AnInvalidLineIsNamed) {
  for (const char* const line :
       {"SPEAKER one 1 -1 2 <NA> <NA> A <NA>", "SPEAKER one 1 nan 2 <NA> <NA> A <NA>",
        "SPEAKER one 1 1 1e99 <NA> <NA> A <NA>", "SPEAKER one 1 1 2", "SPEAKER"}) {
    const auto read = read_rttm("SPEAKER one 1 1 2 <NA> <NA> A <NA>\n" + std::string(line), "one");
    ASSERT_FALSE(read) << line;
    EXPECT_EQ(read.error().code, ErrorCode::kBadData);
    EXPECT_THAT(read.error().message, HasSubstr("ine 2 "));
  }
  EXPECT_FALSE(read_rttm("1\n00:00:00,000 --> 00:00:02,000\nHello\n", "x"));
  EXPECT_EQ(read_rttm(std::string(kMaxRttmBytes + 1, ' '), "x").error().code, ErrorCode::kLimit);
}

TEST(RttmTest, TooManySpeakersAreRefused) {
  std::string file;
  for (std::size_t i = 0; i <= kMaxSpeakers; ++i)
    file += "SPEAKER a 1 1 2 <NA> <NA> n" + std::to_string(i) + " <NA>\n";
  const auto read = read_rttm(file, "a");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kLimit);
}

}  // namespace
}  // namespace vat::subtitles

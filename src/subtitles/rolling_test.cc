#include "subtitles/rolling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "subtitles/reader.h"

namespace vat::subtitles {
namespace {

using ::testing::ElementsAre;

Cue rolled(std::int64_t start, std::int64_t end, std::vector<std::string> lines) {
  return {Millis(start), Millis(end), std::move(lines), {}};
}

std::vector<Cue> read_joined(std::string_view text) {
  return join_rolling_captions(read_subtitles(text).value());
}

TEST(RollingTest, EachLineOfYouTubesCaptionsComesOnce) {
  const auto cues = read_joined(
      "WEBVTT\nKind: captions\n\n"
      "00:00:00.160 --> 00:00:03.429 align:start position:0%\n \nhello<00:00:00.960><c> and</c><c> "
      "welcome</c>\n\n"
      "00:00:03.429 --> 00:00:03.439 align:start position:0%\nhello and welcome\n \n\n"
      "00:00:03.439 --> 00:00:05.749 align:start position:0%\nhello and welcome\nto<00:00:03.760><c> "
      "the</c><c> "
      "show</c>\n\n"
      "00:00:05.749 --> 00:00:05.759 align:start position:0%\nto the show\n \n\n"
      "00:00:05.759 --> 00:00:08.000 align:start position:0%\nto the show\nof<00:00:06.100><c> today</c>\n\n"
      "00:00:12.000 --> 00:00:14.000 align:start position:0%\n \n[Music]\n");
  EXPECT_THAT(cues, ElementsAre(rolled(160, 3439, {"hello and welcome"}), rolled(3439, 5759, {"to the show"}),
                                rolled(5759, 8000, {"of today"}), rolled(12000, 14000, {"[Music]"})));
}

TEST(RollingTest, SoDoThoseOfThreeLinesAndOfSubRip) {
  EXPECT_THAT(
      read_joined("1\n00:00:00,000 --> 00:00:02,000\na\n\n2\n00:00:02,000 --> 00:00:04,000\na\nb\n\n"
                  "3\n00:00:04,000 --> 00:00:06,000\na\nb\nc\n\n4\n00:00:06,000 --> 00:00:08,000\nb\nc\nd\n"),
      ElementsAre(rolled(0, 2000, {"a"}), rolled(2000, 4000, {"b"}), rolled(4000, 6000, {"c"}),
                  rolled(6000, 8000, {"d"})));
}

TEST(RollingTest, TextThatIsWrittenOnIsOneCue) {
  EXPECT_THAT(join_rolling_captions(
                  {rolled(0, 500, {"so"}), rolled(500, 1000, {"so here"}), rolled(1000, 2000, {"so here is"}),
                   rolled(2000, 2500, {"so here is", "a"}), rolled(2500, 3000, {"so here is", "a second"})}),
              ElementsAre(rolled(0, 2000, {"so here is"}), rolled(2000, 3000, {"a second"})));
}

TEST(RollingTest, WhatIsSaidTwiceStays) {
  const std::vector<Cue> dialogue = {rolled(0, 1000, {"No."}),      rolled(1000, 2000, {"No."}),
                                     rolled(2000, 3000, {"Why?"}),  rolled(3000, 4000, {"La la"}),
                                     rolled(4000, 5000, {"La la"}), rolled(9000, 9500, {"La la", "la"})};
  EXPECT_EQ(join_rolling_captions(dialogue), dialogue);
  EXPECT_EQ(join_rolling_captions({}), std::vector<Cue>{});
  // Two that roll among many that do not may be somebody repeating a line.
  std::vector<Cue> long_one = dialogue;
  for (int i = 10; i < 20; ++i)
    long_one.push_back(rolled(i * 1000, (i + 1) * 1000, {"Line " + std::to_string(i)}));
  long_one.push_back(rolled(20'000, 21'000, {"Line 19", "I said."}));
  EXPECT_EQ(join_rolling_captions(long_one), long_one);
}

}  // namespace
}  // namespace vat::subtitles

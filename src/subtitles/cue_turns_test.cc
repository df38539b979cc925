#include "subtitles/cue_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "subtitles/formats.h"
#include "subtitles/reader.h"

namespace vat::subtitles {
namespace {

using ::testing::ElementsAre;

Cue cue_of(std::vector<std::string> lines) {
  return {Millis(1'000), Millis(3'000), std::move(lines), "Anna"};
}

/// "Anna 1000-2000 Text"; "+" before who speaks instead of the one before.
std::vector<std::string> shown(const std::vector<CueTurn>& turns) {
  std::vector<std::string> texts;
  for (const CueTurn& turn : turns)
    texts.push_back((turn.changes ? "+" : "") + turn.speaker + " " + std::to_string(turn.start.count()) +
                    "-" + std::to_string(turn.end.count()) + " " + turn.text);
  return texts;
}

TEST(CueTurnsTest, LinesWithoutDashesAreOnePersons) {
  EXPECT_THAT(shown(cue_turns(cue_of({"Are you", "there?"}), true)),
              ElementsAre("Anna 1000-3000 Are you there?"));
  EXPECT_THAT(shown(cue_turns(cue_of({"你好", "世界"}), true)), ElementsAre("Anna 1000-3000 你好世界"));
  EXPECT_THAT(shown(cue_turns(cue_of({"- Where?", "- There."}), false)),
              ElementsAre("Anna 1000-3000 - Where? - There."));
}

TEST(CueTurnsTest, DashesBeginTurnsThatShareTheTime) {
  EXPECT_THAT(shown(cue_turns(cue_of({"- Where?", "\u2013There!"}), true)),
              ElementsAre("Anna 1000-2000 Where?", "+ 2000-3000 There!"));
  EXPECT_THAT(shown(cue_turns(cue_of({"- Are you", "there?", "- Yes, I am."}), true)),
              ElementsAre("Anna 1000-2166 Are you there?", "+ 2166-3000 Yes, I am."));
  EXPECT_THAT(shown(cue_turns(cue_of({"- Yes."}), true)), ElementsAre("Anna 1000-3000 Yes."));
}

TEST(CueTurnsTest, TheLastLineMayHaveANameOfItsOwn) {
  Cue cue = cue_of({"- Where?", "- There!"});
  cue.last_speaker = "Ben";
  EXPECT_THAT(shown(cue_turns(cue, true)), ElementsAre("Anna 1000-2000 Where?", "+Ben 2000-3000 There!"));
}

TEST(CueTurnsTest, NumbersAndRulesAreNoDashes) {
  EXPECT_TRUE(uses_dashes(std::vector{cue_of({"Hello."}), cue_of({"- Where?", "- There."})}));
  EXPECT_FALSE(uses_dashes(std::vector{cue_of({"- Where?"}), cue_of({"- There."})}));
  EXPECT_FALSE(uses_dashes(std::vector{cue_of({"-5 degrees,", "-7 at night"}), cue_of({"--", "---", "-"})}));
  EXPECT_FALSE(uses_dashes({}));
}

TEST(CueTurnsTest, WebVttTellsWhoSaysEachLine) {
  Cue cue = cue_of({"- Where?", "- There!"});
  cue.last_speaker = "Ben <B>";
  EXPECT_EQ(read_subtitles(write_vtt(std::vector{cue}, "")).value(), std::vector{cue});
}

TEST(CueTurnsTest, MoreVoicesThanACueHasRoomForAreCuesOfTheSameTime) {
  const std::vector<Cue> cues = read_subtitles(
                                    "WEBVTT\n\n00:01.000 --> 00:02.000\nOh, <v Anna>where?\n"
                                    "<v Ben>There!</v> <v Cleo>Here,\nhere.\n<v Anna></v>\n")
                                    .value();
  std::vector<std::string> texts;
  for (const Cue& cue : cues)
    for (const CueTurn& turn : cue_turns(cue, false)) texts.push_back(turn.speaker + ": " + turn.text);
  EXPECT_THAT(texts, ElementsAre("Anna: Oh, where?", "Ben: There!", "Cleo: Here, here."));
  EXPECT_EQ(cues.size(), 2U);
  EXPECT_EQ(cues[1].start, Millis(1'000));
  EXPECT_EQ(read_subtitles(write_vtt(cues, "")).value(), cues);
}

}  // namespace
}  // namespace vat::subtitles

#include "domain/stage_weights.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

double percent(OptionalStages stages, Stage stage, double fraction) {
  return StageWeights(stages).percent({.stage = stage, .fraction = fraction});
}

TEST(StageWeights, CountOnlyTheStagesThatTheJobHas) {
  const OptionalStages text_only;
  EXPECT_EQ(percent(text_only, Stage::kPrepare, 0), 0);
  EXPECT_NEAR(percent(text_only, Stage::kTranscribe, 1), 98.8, 0.1);
  const OptionalStages all{.speech = true, .dub = true};
  EXPECT_NEAR(percent(all, Stage::kTranscribe, 1), 85, 0.1);
  const OptionalStages speech{.recording = false, .speech = true};
  EXPECT_NEAR(percent(speech, Stage::kSpeak, 0.5), 57, 1);
}

TEST(StageWeights, ALinkIsFetchedFirst) {
  EXPECT_EQ(percent({.link = true}, Stage::kFetch, 0), 0);
  EXPECT_NEAR(percent({.link = true}, Stage::kFetch, 1), 10.4, 0.1);
  EXPECT_NEAR(percent({.link = true}, Stage::kPrepare, 0), 10.4, 0.1);
  EXPECT_EQ(percent({}, Stage::kPrepare, 0), 0);
}

TEST(StageWeights, ProgressOfUnknownLengthIsNone) {
  EXPECT_NEAR(percent({.speech = true, .dub = true}, Stage::kTranscribe, -1), 2, 0.1);
  EXPECT_NEAR(percent({.speech = true, .dub = true}, Stage::kTranscribe, 7), 85, 0.1);
}

TEST(StageWeights, OnlyACompleteJobIsAtAHundred) {
  EXPECT_EQ(percent({}, Stage::kMux, 1), 99.9);
  EXPECT_EQ(percent({.speech = true, .dub = true}, Stage::kMux, 1), 99.9);
}

TEST(StageWeights, KnowTheLastStageAndTheShareOfEach) {
  EXPECT_EQ(StageWeights({}).last(), Stage::kSubtitles);
  EXPECT_EQ(StageWeights({.speech = true}).last(), Stage::kSpeak);
  EXPECT_EQ(StageWeights({.dub = true}).last(), Stage::kMux);
  EXPECT_EQ(StageWeights({.recording = false}).last(), Stage::kSpeak);
  EXPECT_EQ(StageWeights({.recording = false}).share(Stage::kTranscribe), 0);
  EXPECT_DOUBLE_EQ(StageWeights({.dub = true}).share(Stage::kTranscribe), 0.83);
}

}  // namespace
}  // namespace vat

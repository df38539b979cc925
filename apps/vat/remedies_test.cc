#include "remedies.h"

#include <gmock/gmock.h>

namespace vat::app {
namespace {

TEST(RemediesTest, TheFlagThatSetsTheFieldIsNamed) {
  const Error error = Error(ErrorCode::kUnavailable, "There is no device gpu here.").about_field("device");
  EXPECT_EQ(with_remedy(error),
            "There is no device gpu here. --device chooses one of those that `vat doctor` lists.");
}

TEST(RemediesTest, ContextDoesNotHideTheRemedy) {
  const Error error = Error(ErrorCode::kNotFound, "Flite has no voice \"x\".")
                          .about_field("voice")
                          .with_context("talk.mp4 has its transcript, but the speech failed");
  EXPECT_THAT(with_remedy(error), testing::EndsWith("\"x\". `vat voices` lists all voices."));
}

TEST(RemediesTest, AWarningAboutTracksNamesTheFlag) {
  EXPECT_THAT(with_remedy("Audio track 1 is silent, and the recording has other audio tracks, which were not "
                          "transcribed."),
              testing::EndsWith("transcribed. --track chooses one of them."));
  EXPECT_THAT(with_remedy("Audio track 1 ends before audio track 2, which was not transcribed."),
              testing::EndsWith("transcribed. --track chooses it."));
  EXPECT_EQ(with_remedy("The file ends early."), "The file ends early.");
}

TEST(RemediesTest, OtherErrorsStayAsTheyAre) {
  EXPECT_EQ(with_remedy({ErrorCode::kUnavailable, "There is no engine."}), "There is no engine.");
  EXPECT_EQ(with_remedy(Error(ErrorCode::kInvalidArgument, "Bad.").about_field("device")), "Bad.");
}

}  // namespace
}  // namespace vat::app

#include "media/timeline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace vat::media {
namespace {

constexpr double kRate = 16'000;

TEST(TimelineTest, ALateBeginningIsSilenceToTheSample) {
  Timeline timeline(60 * kRate, false);
  EXPECT_EQ(timeline.place(0.05 * kRate, 0).silence, 800);
}

TEST(TimelineTest, WhatIsBeforeTheStartIsCutOff) {
  Timeline timeline(60 * kRate, false);
  EXPECT_EQ(timeline.place(-0.02 * kRate, 0).drop, 320);
}

TEST(TimelineTest, JitterIsIgnored) {
  Timeline timeline(60 * kRate, false);
  ASSERT_EQ(timeline.place(0, 0).silence, 0);
  for (double position = kRate; position < 50 * kRate; position += kRate) {
    const Placement early = timeline.place(position - 0.08 * kRate, position);
    const Placement late = timeline.place(position + 0.08 * kRate, position);
    EXPECT_EQ(early.drop + early.silence + late.drop + late.silence, 0);
  }
  EXPECT_EQ(timeline.jumps(), 0);
}

TEST(TimelineTest, AGapIsFilledAndTheTimesAfterItStay) {
  Timeline timeline(60 * kRate, false);
  ASSERT_EQ(timeline.place(0, 0).silence, 0);
  EXPECT_EQ(timeline.place(20 * kRate, 10 * kRate).silence, 10 * kRate);
  EXPECT_EQ(timeline.place(21 * kRate, 21 * kRate).silence, 0);
}

TEST(TimelineTest, AGapLongerThanTheRecordingIsNotBelieved) {
  Timeline timeline(60 * kRate, false);
  ASSERT_EQ(timeline.place(0, 0).silence, 0);
  EXPECT_EQ(timeline.place(1e12, 10 * kRate).silence, 0);
  EXPECT_EQ(timeline.jumps(), 1);
  // The following timestamps are read relative to the jump.
  EXPECT_EQ(timeline.place(1e12 + kRate, 11 * kRate).silence, 0);
  EXPECT_EQ(timeline.jumps(), 1);
}

TEST(TimelineTest, SilenceIsBoundedWhenNoLengthIsStatedOrAnAbsurdOne) {
  Timeline unstated(std::nullopt, false);
  Timeline absurd(1e18, false);
  double inserted_unstated = 0;
  double inserted_absurd = 0;
  double stamp = 0;
  for (int i = 0; i < 10'000; ++i) {
    stamp += 300 * kRate;
    inserted_unstated += static_cast<double>(unstated.place(stamp, inserted_unstated).silence);
    inserted_absurd += static_cast<double>(absurd.place(stamp, inserted_absurd).silence);
  }
  EXPECT_LE(inserted_unstated, 600 * kRate);
  EXPECT_LE(inserted_absurd, 24 * 3600 * kRate);
}

TEST(TimelineTest, StampsThatStartAnewLoseNoSound) {
  Timeline timeline(std::nullopt, true);
  ASSERT_EQ(timeline.place(0, 0).silence, 0);
  const Placement anew = timeline.place(0, 100 * kRate);
  EXPECT_EQ(anew.drop + anew.silence, 0);
  const Placement after = timeline.place(kRate, 101 * kRate);
  EXPECT_EQ(after.drop + after.silence, 0);
  EXPECT_EQ(timeline.jumps(), 1);
}

TEST(TimelineTest, MissingAndImpossibleStampsAreCountedThrough) {
  Timeline timeline(60 * kRate, false);
  for (const double stamp :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const Placement placement = timeline.place(stamp, 0);
    EXPECT_EQ(placement.drop + placement.silence, 0);
  }
  EXPECT_EQ(timeline.place(std::nullopt, kRate).silence, 0);
}

TEST(TimelineTest, AfterAStreamChangesTheTimestampsAreExactAndNothingIsDropped) {
  Timeline timeline(60 * kRate, true);
  ASSERT_EQ(timeline.place(0, 0).silence, 0);
  timeline.expect_exact();
  EXPECT_EQ(timeline.place(5.05 * kRate, 5 * kRate).silence, 800);
  timeline.expect_exact();
  const Placement earlier = timeline.place(9.1 * kRate, 10 * kRate);
  EXPECT_EQ(earlier.drop + earlier.silence, 0);
  EXPECT_EQ(timeline.place(12.1 * kRate, 11 * kRate).silence, 2 * kRate);
  EXPECT_EQ(timeline.jumps(), 0);
}

TEST(TimelineTest, AfterARestartTimestampsCountFromWhatWasPlaced) {
  Timeline timeline(60 * kRate, false);
  ASSERT_EQ(timeline.place(0, 0).silence, 0);
  timeline.restart();
  const Placement anew = timeline.place(-0.5 * kRate, 10 * kRate);
  EXPECT_EQ(anew.drop + anew.silence, 0);
  EXPECT_EQ(timeline.place(2.5 * kRate, 11 * kRate).silence, 2 * kRate);
  EXPECT_EQ(timeline.jumps(), 0);
}

}  // namespace
}  // namespace vat::media

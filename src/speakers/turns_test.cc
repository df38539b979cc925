#include "speakers/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace vat::speakers {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

/// The classes of the model: nobody, one of three, two of three.
enum Class : std::size_t { kNobody = 0, kFirst = 1, kSecond = 2, kThird = 3, kFirstAndSecond = 4 };

Activity heard(std::uint64_t start, const std::function<Class(std::size_t frame)>& who) {
  std::vector<float> values(kWindowFrames * kClasses, std::log(0.01F));
  for (std::size_t f = 0; f < kWindowFrames; ++f) values[f * kClasses + who(f)] = std::log(0.94F);
  return {start, values};
}

TEST(Activity, IsWhatTheClassesSay) {
  const Activity activity = heard(16'000, [](std::size_t f) {
    return f < 100 ? kNobody : f < 300 ? kFirst : kFirstAndSecond;
  });
  EXPECT_EQ(activity.first_frame(), 59U);
  EXPECT_EQ(activity.frames(0), kWindowFrames - 100);
  EXPECT_EQ(activity.frames_alone(0), 200U);
  EXPECT_EQ(activity.frames(1), kWindowFrames - 300);
  EXPECT_EQ(activity.frames(2), 0U);
  EXPECT_EQ(activity.count(400), 2U);
  EXPECT_NEAR(activity.probability(50, 0), 0.03, 0.01);
  EXPECT_NEAR(activity.probability(150, 0), 0.96, 0.01);
}

/// Two speakers, whom each window numbers otherwise.
class TurnsTest : public ::testing::Test {
 protected:
  /// One of them until 8 s, both until 9 s, then the other.
  static Activity window(std::uint64_t second, bool swapped) {
    return heard(second * 16'000, [second, swapped](std::size_t f) {
      const double time = static_cast<double>(second) + static_cast<double>(f * kFrameShift + 495) / 16'000;
      if (time >= 8 && time < 9) return kFirstAndSecond;
      return (time < 8) != swapped ? kFirst : kSecond;
    });
  }
  static VoiceSample sample(std::size_t window, std::size_t voice, std::size_t speaker) {
    VoiceSample sample{window, voice, 100, {}};
    sample.values[speaker] = 1;
    return sample;
  }

  const std::vector<Activity> windows_{window(0, false), window(1, true),  window(2, true),
                                       window(3, false), window(4, false), window(5, true)};
  const std::vector<std::size_t> sampled_{0, 5};
  const std::vector<VoiceSample> samples_{sample(0, 0, 0), sample(5, 0, 1), sample(5, 1, 0)};
  const std::vector<Voice> speakers_{samples_[0].values, samples_[1].values};
};

TEST_F(TurnsTest, WindowsWithoutSamplesAreLabelledByTheirNeighbours) {
  const std::vector<Labels> labels = label(windows_, sampled_, samples_, speakers_);
  ASSERT_THAT(labels, SizeIs(6));
  for (std::size_t w = 0; w < labels.size(); ++w) {
    const bool swapped = w == 1 || w == 2 || w == 5;
    EXPECT_EQ(labels[w][swapped ? 1 : 0], 0U) << w;
    EXPECT_EQ(labels[w][swapped ? 0 : 1], 1U) << w;
    EXPECT_FALSE(labels[w][2]) << w;
  }
}

TEST_F(TurnsTest, SpeakersOverlapWhereBothAreHeard) {
  const std::vector<Labels> labels = label(windows_, sampled_, samples_, speakers_);
  const auto turns = make_turns(windows_, labels, 2, 15 * 16'000).turns;
  ASSERT_THAT(turns, SizeIs(2));
  EXPECT_EQ(turns[0].start.count(), 0);
  EXPECT_NEAR(static_cast<double>(turns[0].end.count()), 9000, 20);
  EXPECT_NEAR(static_cast<double>(turns[1].start.count()), 8000, 20);
  EXPECT_EQ(turns[1].end.count(), 15'000);
  EXPECT_EQ(turns[0].speaker, 0U);
  EXPECT_EQ(turns[1].speaker, 1U);
}

TEST_F(TurnsTest, ShortPausesAreSpokenAndShortSoundsAreNot) {
  // 59 frames are a second: a pause of 0.4 s at 2 s, one of 1 s at 4 s, and 0.2 s of someone else at 8 s.
  const std::vector<Activity> windows{heard(0, [](std::size_t f) {
    if ((f >= 118 && f < 142) || (f >= 236 && f < 295)) return kNobody;
    return f >= 474 && f < 486 ? kSecond : kFirst;
  })};
  const std::vector<Labels> labels{Labels{0, 1, std::nullopt}};
  const auto turns = make_turns(windows, labels, 2, kWindowSamples).turns;
  ASSERT_THAT(turns, SizeIs(2));
  EXPECT_NEAR(static_cast<double>(turns[0].end.count()), 4000, 30);
  EXPECT_NEAR(static_cast<double>(turns[1].start.count()), 5000, 30);
  EXPECT_EQ(turns[1].end.count(), 10'000);
}

TEST_F(TurnsTest, NothingIsSaidBeyondTheRecording) {
  const std::vector<Activity> windows{heard(0, [](std::size_t) { return kFirst; })};
  const auto turns = make_turns(windows, std::vector<Labels>{Labels{0}}, 1, 40'000).turns;
  EXPECT_THAT(turns, ElementsAre(SpeakerTurn{Millis(0), Millis(2500), 0}));
}

TEST_F(TurnsTest, WhatMostWindowsDoNotHearIsNobody) {
  std::vector<Activity> windows;
  for (std::uint64_t second : {0U, 1U, 2U, 3U})
    windows.push_back(heard(second * 16'000, [second](std::size_t f) {
      const std::size_t frame = f + second * 59;
      return second == 2 && frame >= 300 && frame < 360 ? kSecond : kFirst;
    }));
  const std::vector<VoiceSample> samples{sample(0, 0, 0), sample(1, 0, 0), sample(2, 0, 0), sample(2, 1, 1),
                                         sample(3, 0, 0)};
  const std::vector<std::size_t> sampled{0, 1, 2, 3};
  EXPECT_THAT(confirmed({{0, 1, 2, 4}, {3}}, samples, windows, sampled),
              ElementsAre(ElementsAre(0, 1, 2, 4)));
  EXPECT_THAT(confirmed({{3}}, samples, windows, sampled), SizeIs(1)) << "somebody speaks";
}

}  // namespace
}  // namespace vat::speakers

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tts/flite_engine.h"
#include "tts/narrator.h"
#include "tts/testing/recording_synthesizer.h"

namespace vat::tts {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RecordingOptions;
using testing::RecordingSynthesizer;
using ::testing::SizeIs;

/// Ten milliseconds for each byte: a text of 100 bytes takes a second.
std::string words(int bytes) {
  std::string text;
  while (static_cast<int>(text.size()) < bytes - 1) text += text.size() % 5 == 4 ? ' ' : 'a';
  return text + ".";
}

class TimedNarrationTest : public ::testing::Test {
 protected:
  TimedReport tell(const std::vector<TimedText>& cues, Millis total, RecordingOptions made = {}) {
    engine_ = std::make_shared<RecordingSynthesizer>(std::move(made));
    Narrator narrator({.engines = {engine_}});
    return tell(narrator, cues, total);
  }
  TimedReport tell(Narrator& narrator, const std::vector<TimedText>& cues, Millis total) {
    sound_.clear();
    NarrationOptions options;
    options.sample_rate = testing::kRecordingRate;
    auto report =
        narrator.narrate_timed(cues, total, options,
                               [&](const Pcm& pcm) -> Result<> {
                                 sound_.insert(sound_.end(), pcm.samples.begin(), pcm.samples.end());
                                 return {};
                               },
                               {}, {});
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(TimedReport{});
  }
  [[nodiscard]] bool is_silent(Millis begin, Millis end) const {
    const auto from = static_cast<std::size_t>(begin.count() * testing::kRecordingRate / 1000);
    const auto to =
        std::min(static_cast<std::size_t>(end.count() * testing::kRecordingRate / 1000), sound_.size());
    for (std::size_t i = from; i < to; ++i)
      if (std::abs(sound_[i]) > 0.01F) return false;
    return true;
  }
  [[nodiscard]] Millis length() const {
    return Millis(static_cast<std::int64_t>(sound_.size()) * 1000 / testing::kRecordingRate);
  }

  std::shared_ptr<RecordingSynthesizer> engine_;
  std::vector<float> sound_;
};

TEST_F(TimedNarrationTest, SpeechStandsAtItsTimeAndSilenceBetween) {
  const auto report =
      tell({{Millis(1000), Millis(2000), words(80)}, {Millis(5000), Millis(6000), words(50)}}, Millis(9000));
  EXPECT_EQ(length(), Millis(9000));
  EXPECT_TRUE(is_silent(Millis(0), Millis(1000)));
  EXPECT_FALSE(is_silent(Millis(1000), Millis(1050)));
  EXPECT_TRUE(is_silent(Millis(2010), Millis(5000)));
  EXPECT_FALSE(is_silent(Millis(5000), Millis(5050)));
  EXPECT_TRUE(is_silent(Millis(5640), Millis(9000)));
  EXPECT_THAT(report.overruns, IsEmpty());
  EXPECT_EQ(report.sped_up, 0U);
  EXPECT_EQ(report.spoken.at(1).start, Millis(5000));
}

TEST_F(TimedNarrationTest, TheGapAfterACueMayBeUsedBeforeSpeechIsHurried) {
  const auto report =
      tell({{Millis(0), Millis(500), words(180)}, {Millis(2000), Millis(3000), words(50)}}, Millis(4000));
  EXPECT_EQ(report.sped_up, 0U);
  EXPECT_THAT(report.overruns, IsEmpty());
}

TEST_F(TimedNarrationTest, SpeechThatIsTooLongIsSpokenFaster) {
  const auto report =
      tell({{Millis(0), Millis(1000), words(140)}, {Millis(1000), Millis(2000), words(50)}}, Millis(2000));
  EXPECT_EQ(report.sped_up, 1U);
  EXPECT_THAT(report.overruns, IsEmpty());
  EXPECT_EQ(report.spoken.at(1).start, Millis(1000));
  EXPECT_EQ(length(), Millis(2000));
  EXPECT_THAT(engine_->utterances(), SizeIs(3));
}

TEST_F(TimedNarrationTest, TheEnginesOwnSpeedFillsASlotAsFarAsItSoundsWell) {
  // Natural lengths of 0.9, 0.5 and 1.2 s in slots of one second; the last has no room behind it.
  const auto report = tell({{Millis(0), Millis(1000), words(90)},
                            {Millis(2000), Millis(3000), words(50)},
                            {Millis(4000), Millis(5000), words(120)},
                            {Millis(5000), Millis(6000), words(100)}},
                           Millis(6000));
  std::vector<double> speeds;
  for (const Utterance& utterance : engine_->utterances()) speeds.push_back(utterance.speed);
  // Only the first is spoken twice: then the voice's pace is known.
  EXPECT_THAT(speeds,
              ElementsAre(1, DoubleNear(0.9, 0.001), DoubleNear(0.8, 0.001), DoubleNear(1.25, 0.001), 1));
  EXPECT_EQ(report.sped_up, 1U);
  EXPECT_THAT(report.overruns, IsEmpty());
}

TEST_F(TimedNarrationTest, BeyondTheEnginesOwnSpeedTheSoundIsStretched) {
  const auto report =
      tell({{Millis(0), Millis(1000), words(150)}, {Millis(1000), Millis(2000), words(100)}}, Millis(2000));
  EXPECT_DOUBLE_EQ(engine_->utterances().at(1).speed, 1.35);
  EXPECT_EQ(report.spoken.at(1).start, Millis(1000));
  EXPECT_THAT(report.overruns, IsEmpty());
}

TEST_F(TimedNarrationTest, AnEngineThatIgnoresSpeedIsHelped) {
  const auto report = tell({{Millis(0), Millis(1000), words(140)}, {Millis(1000), Millis(2000), words(50)}},
                           Millis(2000), {.obeys_speed = false});
  EXPECT_THAT(report.overruns, IsEmpty());
  EXPECT_EQ(report.spoken.at(1).start, Millis(1000));
}

TEST_F(TimedNarrationTest, WhatCannotFitIsReportedAndTheRestCatchesUp) {
  const auto report = tell({{Millis(0), Millis(1000), words(400)},
                            {Millis(1000), Millis(2000), words(50)},
                            {Millis(6000), Millis(7000), words(50)}},
                           Millis(8000));
  ASSERT_THAT(report.overruns, SizeIs(2));
  EXPECT_EQ(report.overruns[0].cue, 0U);
  EXPECT_NEAR(to_seconds(report.overruns[0].end), 4.0 / 1.6, 0.1);
  EXPECT_EQ(report.overruns[1].cue, 1U);
  EXPECT_EQ(report.overruns[1].start, Millis(1000));
  EXPECT_EQ(report.overruns[1].placed, report.overruns[0].end);
  EXPECT_EQ(report.spoken.at(report.spoken.size() - 1).start, Millis(6000));
  EXPECT_EQ(length(), Millis(8000));
}

TEST_F(TimedNarrationTest, CuesInDisorderAreSpokenInOrder) {
  const auto report =
      tell({{Millis(3000), Millis(3500), "Second."}, {Millis(500), Millis(900), "First."}}, Millis(0));
  EXPECT_EQ(report.spoken.at(0).text, "First.");
  EXPECT_EQ(report.spoken.at(0).start, Millis(500));
  EXPECT_EQ(report.spoken.at(1).start, Millis(3000));
}

TEST_F(TimedNarrationTest, CuesThatOverlapFollowEachOther) {
  const auto report = tell({{Millis(1000), Millis(5000), words(150)},
                            {Millis(1000), Millis(5000), words(150)},
                            {Millis(6000), Millis(7000), words(50)}},
                           Millis(8000));
  EXPECT_EQ(report.overlapping, 1U);
  EXPECT_EQ(report.sped_up, 0U);
  EXPECT_THAT(report.overruns, IsEmpty());
  ASSERT_THAT(report.spoken, SizeIs(3));
  EXPECT_EQ(report.spoken[0].start, Millis(1000));
  EXPECT_GE(report.spoken[1].start, report.spoken[0].end);
  EXPECT_LE(report.spoken[1].end, Millis(5000));
  EXPECT_EQ(report.spoken[2].start, Millis(6000));
}

TEST_F(TimedNarrationTest, CuesThatTouchByCarelessnessKeepTheirStart) {
  const auto report =
      tell({{Millis(0), Millis(2100), words(300)}, {Millis(2000), Millis(4000), words(50)}}, Millis(4000));
  EXPECT_EQ(report.overlapping, 0U);
  EXPECT_EQ(report.spoken.at(report.spoken.size() - 1).start, Millis(2000));
}

TEST_F(TimedNarrationTest, ACueOfMarksIsSilence) {
  const auto report = tell({{Millis(0), Millis(1000), "♪♪"},
                            {Millis(1000), Millis(2000), words(50)},
                            {Millis(2000), Millis(3000), "→"}},
                           Millis(3000));
  EXPECT_EQ(length(), Millis(3000));
  EXPECT_TRUE(is_silent(Millis(0), Millis(1000)));
  EXPECT_TRUE(is_silent(Millis(2000), Millis(3000)));
  for (const Utterance& utterance : engine_->utterances()) EXPECT_EQ(utterance.text, words(50));
}

TEST_F(TimedNarrationTest, CuesOfMarksAloneAreAnError) {
  Narrator narrator({.engines = {std::make_shared<RecordingSynthesizer>(RecordingOptions{})}});
  const auto report = narrator.narrate_timed({{Millis(0), Millis(1000), "♪♪"}}, Millis(2000), {},
                                             [](const Pcm&) -> Result<> { return {}; }, {}, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "There are no words to speak.");
}

TEST_F(TimedNarrationTest, NoCuesAreSilence) {
  const auto report = tell(std::vector<TimedText>{}, Millis(1500));
  EXPECT_EQ(length(), Millis(1500));
  EXPECT_TRUE(is_silent(Millis(0), Millis(1500)));
  EXPECT_EQ(report.sentences, 0U);
}

TEST_F(TimedNarrationTest, AnotherEngineTakesOverAtTheCueThatFailed) {
  RecordingOptions failing{.name = "google", .max_parallel = 2};
  failing.before = [](const Utterance& utterance) -> std::optional<Error> {
    if (utterance.text != "Two.") return std::nullopt;
    return Error(ErrorCode::kUnauthorized, "expired");
  };
  const auto second = std::make_shared<RecordingSynthesizer>(RecordingOptions{.name = "flite"});
  Narrator narrator({.engines = {std::make_shared<RecordingSynthesizer>(failing), second}});
  const auto report = tell(narrator,
                           {{Millis(0), Millis(900), "One."},
                            {Millis(1000), Millis(1900), "Two."},
                            {Millis(2000), Millis(2900), "Three."}},
                           Millis(3000));
  EXPECT_EQ(report.engine, "google, flite");
  EXPECT_THAT(report.warnings, SizeIs(1));
  ASSERT_THAT(report.spoken, SizeIs(3));
  EXPECT_EQ(report.spoken[2].start, Millis(2000));
}

TEST_F(TimedNarrationTest, FliteKeepsTheTimingOfARecording) {
  Narrator narrator({.engines = {make_flite()}});
  const auto report = tell(narrator,
                           {{Millis(500), Millis(1500), "This is a rather long sentence for so little time."},
                            {Millis(3000), Millis(5000), "And this is short."}},
                           Millis(6000));
  EXPECT_EQ(report.sped_up, 1U);
  EXPECT_EQ(report.spoken.at(1).start, Millis(3000));
  EXPECT_EQ(length(), Millis(6000));
}

}  // namespace
}  // namespace vat::tts

#include "media/background.h"

#include <cmath>

#include "media/audio_encoder.h"
#include "media/audio_reader.h"
#include "media/ducking_curve.h"
#include "media/loudness.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

constexpr double kDubHz = 1000;
constexpr double kLeftHz = 440;
constexpr double kRightHz = 2000;

double decibels(double ratio) { return 20 * std::log10(ratio); }

/// A dub of twelve seconds that speaks from 4 to 6 and from 6.5 to 8, over an original that sounds
/// throughout, differently on both sides.
class BackgroundTest : public MediaTest {
 protected:
  std::filesystem::path original(double amplitude, const std::string& container = "matroska") {
    const Signal signal = [=](double t, int channel) {
      return tone(channel == 0 ? kLeftHz : kRightHz, amplitude)(t, 0);
    };
    return make("original",
                {.container = container, .seconds = 12, .sound = {{.encoder = "flac", .signal = signal}}});
  }
  std::filesystem::path speech(double amplitude = 0.25) {
    const Signal signal = [=](double t, int) {
      const bool speaks = (t >= 4 && t < 6) || (t >= 6.5 && t < 8);
      return speaks ? tone(kDubHz, amplitude)(t, 0) : 0.0F;
    };
    return make("speech.flac",
                {.container = "flac", .seconds = 12, .sound = {{.channels = 1, .signal = signal}}});
  }
  BackgroundMix mix_of(Background background) {
    return {.original = path("original"),
            .speech = path("speech.flac"),
            .background = background,
            .spoken = {{Millis(6500), Millis(8000)}, {Millis(4000), Millis(6000)}},
            .format = AudioFormat::kWav};
  }
  /// One side of the result.
  DecodedAudio mixed(const BackgroundMix& mix, Side side) {
    const Result<> made = mix_background(media_in_process(), mix, path("mix.wav"), {}, {});
    EXPECT_TRUE(made) << made.error().message << made.error().detail;
    const auto reader = media_in_process().open(path("mix.wav"), {.side = side, .rate = 48'000}).value();
    return decode_all(*reader).value();
  }
};

/// As amplitude_at(), of samples at 48 kHz.
double at(const DecodedAudio& sound, double frequency, double from, double to) {
  return amplitude_at(sound, frequency / 3, from * 3, to * 3);
}

TEST_F(BackgroundTest, TheOriginalIsLowWhileSomebodySpeaksAndInShortPauses) {
  original(0.25);
  speech();
  for (const auto& [side, frequency] : {std::pair(Side::kLeft, kLeftHz), {Side::kRight, kRightHz}}) {
    const DecodedAudio sound = mixed(mix_of(Background::kDuck), side);
    ASSERT_NEAR(static_cast<double>(sound.samples.size()), 12 * 48'000, 100);
    const double before = at(sound, frequency, 1, 3);
    for (const auto& [from, to] : {std::pair(4.1, 5.9), {6.1, 6.4}, {6.6, 7.9}})
      EXPECT_NEAR(decibels(before / at(sound, frequency, from, to)), kDuckedBelow, 0.7) << from;
    EXPECT_NEAR(at(sound, frequency, 9.2, 11), before, before / 50);
    const double other = side == Side::kLeft ? kRightHz : kLeftHz;
    EXPECT_LT(at(sound, other, 1, 3), before / 100) << "the sides stay apart";
  }
}

TEST_F(BackgroundTest, KeptItIsEquallyLoudThroughout) {
  original(0.25);
  speech();
  const DecodedAudio sound = mixed(mix_of(Background::kKeep), Side::kLeft);
  const double before = at(sound, kLeftHz, 1, 3);
  EXPECT_NEAR(at(sound, kLeftHz, 4.2, 5.8), before, before / 20);
  EXPECT_NEAR(at(sound, kLeftHz, 9, 11), before, before / 20);
}

/// Whatever the level of the original: by EBU R 128, as a listener would measure.
TEST_F(BackgroundTest, TheOriginalIsBroughtToTheLoudnessOfTheDub) {
  speech();
  for (const double amplitude : {0.08, 0.25, 0.9}) {
    original(amplitude);
    const DecodedAudio left = mixed(mix_of(Background::kDuck), Side::kLeft);
    const DecodedAudio right = mixed(mix_of(Background::kDuck), Side::kRight);
    const auto loudness = [&](double from, double to) {
      const auto meter = LoudnessMeter::create(48'000, 2).value();
      std::vector<float> both;
      for (auto i = static_cast<std::size_t>(from * 48'000); i < static_cast<std::size_t>(to * 48'000); ++i)
        both.insert(both.end(), {left.samples[i], right.samples[i]});
      EXPECT_TRUE(meter->push(both));
      return meter->finish().value().integrated;
    };
    EXPECT_NEAR(loudness(0.5, 3.5), loudness(4.2, 5.9), 1.5) << amplitude;
  }
}

TEST_F(BackgroundTest, TheSumOfLoudSoundsIsLimited) {
  original(0.99);
  speech(0.99);
  BackgroundMix mix = mix_of(Background::kDuck);
  mix.spoken.clear();  // Nothing is lowered.
  const DecodedAudio sound = mixed(mix, Side::kLeft);
  const auto meter = LoudnessMeter::create(48'000).value();
  ASSERT_TRUE(meter->push(sound.samples));
  EXPECT_LE(decibels(meter->finish().value().true_peak), kMaxTruePeak + 0.1);
}

TEST_F(BackgroundTest, AnOriginalOfOneChannelIsHeardOnBothSides) {
  make("original",
       {.container = "wav", .seconds = 5, .sound = {{.channels = 1, .signal = tone(kLeftHz, 0.2)}}});
  speech();
  BackgroundMix mix = mix_of(Background::kDuck);
  const double left = at(mixed(mix, Side::kLeft), kLeftHz, 1, 3);
  EXPECT_GT(left, 0.05);
  EXPECT_NEAR(at(mixed(mix, Side::kRight), kLeftHz, 1, 3), left, left / 100);
  EXPECT_EQ(mixed(mix, Side::kLeft).samples.size(), 12 * 48'000U) << "the speech is longer";
}

TEST_F(BackgroundTest, AStopEndsIt) {
  original(0.25);
  speech();
  std::stop_source stop;
  const auto after_a_while = [&](double fraction) {
    if (fraction > 0.1) stop.request_stop();
  };
  const auto made = mix_background(media_in_process(), mix_of(Background::kDuck), path("mix.wav"),
                                   after_a_while, stop.get_token());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kCancelled);
}

TEST(DuckingCurveTest, TheGainNeverJumps) {
  DuckingCurve curve(
      {{Millis(1000), Millis(2000)}, {Millis(1500), Millis(1600)}, {Millis(5000), Millis(5500)}}, 24, 1000);
  float before = 1;
  std::vector<float> gains;
  for (int i = 0; i < 8000; ++i) {
    const float gain = curve.next();
    EXPECT_LT(std::abs(gain - before), 0.05F) << i;
    before = gain;
    gains.push_back(gain);
  }
  EXPECT_EQ(gains[700], 1);
  EXPECT_NEAR(decibels(gains[1000]), -24, 0.01);
  EXPECT_NEAR(decibels(gains[2200]), -24, 0.01);
  EXPECT_EQ(gains[3500], 1);
  EXPECT_NEAR(decibels(gains[5200]), -24, 0.01);
  EXPECT_EQ(gains[7900], 1);
}

TEST(BackgroundNameTest, EachNameIsReadAsWhatItStandsFor) {
  for (const Background background : {Background::kOff, Background::kDuck, Background::kKeep})
    EXPECT_EQ(parse_background(background_name(background)), background);
  EXPECT_EQ(parse_background("loud"), std::nullopt);
}

}  // namespace
}  // namespace vat::media::testing

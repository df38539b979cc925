#include <random>

#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LevelsTest : public MediaTest {
 protected:
  DecodedAudio decode(const Signal& signal, int channels, double seconds = 4,
                      const char* encoder = "pcm_f32le") {
    MediaSpec spec{.container = "wav", .seconds = seconds};
    spec.sound = {SoundSpec{.encoder = encoder, .channels = channels, .signal = signal}};
    return decode_all(make("a.wav", spec)).value();
  }
};

TEST_F(LevelsTest, ChannelsThatCancelAreNotMixed) {
  for (const char* encoder : {"pcm_s16le", "pcm_f32le"}) {
    const auto decoded = decode(
        [](double seconds, int channel) { return (channel == 0 ? 1.0F : -1.0F) * tone(440)(seconds, 0); }, 2,
        4, encoder);
    EXPECT_NEAR(amplitude_at(decoded, 440, 0.5, 3.5), 0.5, 0.01);
    ASSERT_EQ(decoded.warnings.size(), 1U);
    EXPECT_THAT(decoded.warnings[0], HasSubstr("cancel each other out"));
  }
}

/// A microphone with its wires crossed beside one of its own noise: most of the sound, but not all, cancels.
TEST_F(LevelsTest, WhatCancelsInPartIsKept) {
  std::minstd_rand random(1);
  std::uniform_real_distribution<float> noise(-0.05F, 0.05F);
  const auto decoded = decode(
      [&](double seconds, int channel) {
        return (channel == 0 ? 1.0F : -0.7F) * tone(440, 0.3)(seconds, 0) + noise(random);
      },
      2);
  EXPECT_GT(amplitude_at(decoded, 440, 0.5, 3.5), 0.25);
}

TEST_F(LevelsTest, OneSilentChannelTakesNothingFromTheOther) {
  const auto decoded =
      decode([](double seconds, int channel) { return channel == 1 ? tone(440)(seconds, 0) : 0.0F; }, 2);
  EXPECT_GT(amplitude_at(decoded, 440, 0.5, 3.5), 0.24);
  EXPECT_THAT(decoded.warnings, IsEmpty());
}

TEST_F(LevelsTest, OneChannelIsReadAlone) {
  MediaSpec spec{.container = "wav", .seconds = 3};
  spec.sound = {SoundSpec{.encoder = "pcm_f32le", .channels = 2, .signal = [](double seconds, int channel) {
                            return tone(channel == 0 ? 300 : 700)(seconds, 0);
                          }}};
  const auto file = make("two.wav", spec);
  for (const int channel : {1, 2}) {
    const auto reader = AudioReader::open(file, {.channel = channel});
    ASSERT_TRUE(reader) << reader.error().message;
    DecodedAudio decoded;
    decoded.samples.resize(48'000);
    EXPECT_EQ((*reader)->read(decoded.samples).value(), decoded.samples.size());
    EXPECT_NEAR(amplitude_at(decoded, 300, 0.5, 2.5), channel == 1 ? 0.5 : 0, 0.01);
    EXPECT_NEAR(amplitude_at(decoded, 700, 0.5, 2.5), channel == 2 ? 0.5 : 0, 0.01);
  }
  const auto third = AudioReader::open(file, {.channel = 3});
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::kBadMedia);
  EXPECT_THAT(third.error().message, HasSubstr("no channel 3"));
}

TEST_F(LevelsTest, DifferentSoundInTwoChannelsIsMixed) {
  const auto decoded =
      decode([](double seconds, int channel) { return tone(channel == 0 ? 300 : 700)(seconds, 0); }, 2);
  EXPECT_NEAR(amplitude_at(decoded, 300, 0.5, 3.5), 0.25, 0.01);
  EXPECT_NEAR(amplitude_at(decoded, 700, 0.5, 3.5), 0.25, 0.01);
  EXPECT_THAT(decoded.warnings, IsEmpty());
}

/// Loud ambience that is inverted between left and right must not displace the dialogue in the centre.
TEST_F(LevelsTest, SpeechInTheCentreStaysWhereOtherChannelsCancel) {
  const auto decoded = decode(
      [](double seconds, int channel) {
        if (channel == 2) return tone(500, 0.3)(seconds, 0);
        return channel < 2 ? (channel == 0 ? 1.0F : -1.0F) * tone(900, 0.6)(seconds, 0) : 0.0F;
      },
      6);
  EXPECT_GT(amplitude_at(decoded, 500, 0.5, 3.5), 0.08);
  EXPECT_GT(amplitude_at(decoded, 900, 0.5, 3.5), 0.08);
}

TEST_F(LevelsTest, FloatBeyondFullScaleIsScaledInsteadOfClipped) {
  for (const double amplitude : {1.5, 4.0, 30'000.0}) {
    const auto decoded = decode(tone(440, amplitude), 1);
    EXPECT_NEAR(amplitude_at(decoded, 440, 0.6, 3.5), 1.0, 0.03) << amplitude;
    // A clipped sine has odd harmonics.
    EXPECT_LT(amplitude_at(decoded, 1320, 0.6, 3.5), 0.01) << amplitude;
  }
}

TEST_F(LevelsTest, AClickBeyondFullScaleLowersNothing) {
  const auto decoded =
      decode([](double seconds,
                int) { return seconds >= 2 && seconds < 2.0001 ? 1e6F : tone(440, 0.5)(seconds, 0); },
             1);
  EXPECT_NEAR(amplitude_at(decoded, 440, 2.5, 3.5), 0.5, 0.01);
}

/// Bursts, as syllables are, of this amplitude.
Signal bursts(double amplitude) {
  return [=](double seconds, int) {
    return std::fmod(seconds, 0.7) < 0.3 ? tone(440, amplitude)(seconds, 0) : 0.0F;
  };
}

TEST_F(LevelsTest, QuietSpeechIsRaisedAndTold) {
  const auto decoded = decode(bursts(0.0003), 1, 8, "pcm_s16le");
  EXPECT_GT(amplitude_at(decoded, 440, 0.02, 0.28), 0.1);
  EXPECT_GT(amplitude_at(decoded, 440, 7.02, 7.28), 0.1);
  ASSERT_EQ(decoded.warnings.size(), 1U);
  EXPECT_THAT(decoded.warnings[0], HasSubstr("very quiet"));
}

TEST_F(LevelsTest, SpeechOfAUsualLevelAndWhatIsBesideItIsNotTouched) {
  for (const double amplitude : {0.5, 0.02}) {
    const auto decoded =
        decode([=](double seconds,
                   int) { return static_cast<float>(bursts(seconds < 3 ? amplitude : 0.0003)(seconds, 0)); },
               1, 30);
    EXPECT_NEAR(amplitude_at(decoded, 440, 0.05, 0.25), amplitude, amplitude * 0.02);
    EXPECT_NEAR(amplitude_at(decoded, 440, 28.05, 28.25), 0.0003, 0.0001);
    EXPECT_THAT(decoded.warnings, IsEmpty());
  }
}

TEST_F(LevelsTest, SteadyNoiseIsNotRaised) {
  std::minstd_rand random(1);
  std::uniform_real_distribution<float> noise(-0.001F, 0.001F);
  const auto decoded = decode([&](double, int) { return noise(random); }, 1, 20);
  float peak = 0;
  for (const float sample : decoded.samples) peak = std::max(peak, std::abs(sample));
  EXPECT_LT(peak, 0.0012F);
  EXPECT_THAT(decoded.warnings, IsEmpty());
}

}  // namespace
}  // namespace vat::media::testing

#include <random>

#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::IsEmpty;

struct Format {
  const char* name;
  const char* container;
  const char* encoder;
  bool picture;
  int sample_rate;
  int channels;
};
void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

class EveryFormat : public MediaTest, public ::testing::WithParamInterface<Format> {};

TEST_P(EveryFormat, GivesItsSoundAtItsTimes) {
  const Format& format = GetParam();
  MediaSpec spec;
  spec.container = format.container;
  spec.seconds = 3;
  spec.sound = {SoundSpec{.encoder = format.encoder,
                          .sample_rate = format.sample_rate,
                          .channels = format.channels,
                          .signal = beep_at(2.0)}};
  if (format.picture) spec.picture = PictureSpec{};
  // The name is wrong on purpose: only the content counts.
  const auto decoded = decode_all(make("file.txt", spec));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_NEAR(decoded->seconds(), 3.0, 0.1);
  // AAC in containers without edit lists is decoded with its encoder's delay: 1024 samples.
  EXPECT_NEAR(first_loud(*decoded), 2.0, 0.025);
  EXPECT_GT(amplitude_at(*decoded, 1000, 2.02, 2.08), 0.3);
  EXPECT_THAT(decoded->warnings, IsEmpty());
  if (decoded->duration) {
    EXPECT_NEAR(to_seconds(*decoded->duration), 3.0, 0.2);
  }
}

constexpr Format kFormats[] = {
    {"mp4", "mp4", "aac", true, 48'000, 2},
    {"mp4_opus", "mp4", "libopus", true, 48'000, 2},
    {"mov", "mov", "pcm_s16be", true, 44'100, 2},
    {"avi", "avi", "pcm_s16le", true, 44'100, 2},
    {"avi_ac3", "avi", "ac3", true, 48'000, 2},
    {"mkv", "matroska", "aac", true, 44'100, 2},
    {"mkv_flac", "matroska", "flac", true, 48'000, 2},
    {"mkv_ac3", "matroska", "ac3", true, 48'000, 2},
    {"webm", "webm", "libopus", true, 48'000, 2},
    {"webm_vorbis", "webm", "libvorbis", true, 44'100, 2},
    {"mpegts_aac", "mpegts", "aac", true, 48'000, 2},
    {"mpegts_mp2", "mpegts", "mp2", true, 48'000, 2},
    {"mp3", "mp3", "libmp3lame", false, 44'100, 2},
    {"mp3_8k", "mp3", "libmp3lame", false, 8'000, 1},
    {"adts", "adts", "aac", false, 44'100, 2},
    {"ac3", "ac3", "ac3", false, 48'000, 2},
    {"m4a", "ipod", "aac", false, 44'100, 1},
    {"alac", "ipod", "alac", false, 44'100, 2},
    {"flac", "flac", "flac", false, 44'100, 2},
    {"opus", "ogg", "libopus", false, 48'000, 1},
    {"vorbis", "ogg", "libvorbis", false, 44'100, 2},
    {"speex", "ogg", "libspeex", false, 16'000, 1},
    {"aiff", "aiff", "pcm_s16be", false, 22'050, 1},
    {"wav", "wav", "pcm_s16le", false, 44'100, 2},
    {"wav_float", "wav", "pcm_f32le", false, 48'000, 1},
    {"wav_24_bit", "wav", "pcm_s24le", false, 96'000, 2},
    {"wav_mulaw_8k", "wav", "pcm_mulaw", false, 8'000, 1},
    {"wav_gsm_8k", "wav", "libgsm_ms", false, 8'000, 1},
    {"wav_11k", "wav", "pcm_s16le", false, 11'025, 1},
    {"wav_16k", "wav", "pcm_s16le", false, 16'000, 1},
    {"wav_192k", "wav", "pcm_s16le", false, 192'000, 2},
    {"flac_192k", "flac", "flac", false, 192'000, 2},
};
INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat, ::testing::ValuesIn(kFormats),
                         [](const auto& format) { return std::string(format.param.name); });

/// Debian's FFmpeg reads AMR but cannot write it, so these are frames of 12.2 kbit/s (RFC 4867, section 5.3)
/// with noise.
TEST_F(MediaTest, AdaptiveMultiRateIsRead) {
  constexpr int kFrames = 100;
  constexpr int kBytesOfAFrame = 31;
  std::minstd_rand noise(1);
  std::string bytes = "#!AMR\n";
  for (int frame = 0; frame < kFrames; ++frame) {
    bytes += '\x3c';
    for (int i = 0; i < kBytesOfAFrame; ++i) bytes += static_cast<char>(noise() & 0xFFU);
  }
  const auto decoded = decode_all(put("a.amr", bytes));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_NEAR(decoded->seconds(), kFrames * 0.020, 0.001);
  EXPECT_LT(first_loud(*decoded), 0.5);
  EXPECT_GE(first_loud(*decoded), 0.0);
}

/// WMA's encoder does not declare its delay, so its times are not exact.
TEST_F(MediaTest, WindowsMediaIsRead) {
  const auto decoded =
      decode_all(make("a.wma", {.container = "asf", .sound = {SoundSpec{.encoder = "wmav2"}}}));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_GT(amplitude_at(*decoded, 440, 0.5, 1.5), 0.2);
}

TEST_F(MediaTest, WhatTheRecogniserHearsIsKeptAndWhatIsAboveDoesNotFoldIntoIt) {
  for (const int rate : {44'100, 48'000}) {
    const auto level = [&](double given, double heard_at) {
      MediaSpec spec{.container = "wav"};
      spec.sound = {SoundSpec{.sample_rate = rate, .channels = 1, .signal = tone(given)}};
      return amplitude_at(decode_all(make("a.wav", spec)).value(), heard_at, 0.5, 1.5);
    };
    EXPECT_NEAR(level(100, 100), 0.5, 0.005);
    EXPECT_NEAR(level(3'000, 3'000), 0.5, 0.005);
    EXPECT_NEAR(level(6'500, 6'500), 0.5, 0.01);
    EXPECT_LT(level(9'500, 6'500), 0.002);
    EXPECT_LT(level(11'000, 5'000), 0.0005);
  }
}

TEST_F(MediaTest, StereoIsMixedWithoutClipping) {
  const auto decoded =
      decode_all(make("a.wav", {.container = "wav", .sound = {SoundSpec{.signal = tone(440, 0.9)}}}));
  ASSERT_TRUE(decoded);
  EXPECT_NEAR(amplitude_at(*decoded, 440, 0.5, 1.5), 0.9, 0.02);
}

/// Each channel of 5.1 plays its own tone; dialogue is in the centre.
TEST_F(MediaTest, SurroundSoundIsMixedWithItsCentreInFront) {
  const Signal six_tones = [](double seconds, int channel) {
    return tone(300.0 + 200.0 * channel, 0.5)(seconds, 0);
  };
  for (const char* encoder : {"ac3", "flac", "aac"}) {
    const auto decoded = decode_all(
        make("a.mkv", {.container = "matroska",
                       .sound = {SoundSpec{.encoder = encoder, .channels = 6, .signal = six_tones}}}));
    ASSERT_TRUE(decoded) << decoded.error().message;
    const auto level = [&](int channel) { return amplitude_at(*decoded, 300.0 + 200.0 * channel, 0.5, 1.5); };
    const double centre = level(2);
    EXPECT_GT(centre, 0.1) << encoder;
    EXPECT_NEAR(level(0) / centre, 0.707, 0.03) << encoder;
    EXPECT_NEAR(level(1) / centre, 0.707, 0.03) << encoder;
    EXPECT_LT(level(3), 0.01) << encoder << ": the effects channel stays out";
    EXPECT_NEAR(level(4) / centre, 0.5, 0.03) << encoder;
    EXPECT_NEAR(level(5) / centre, 0.5, 0.03) << encoder;
  }
}

TEST_F(MediaTest, ChannelsWithoutKnownPlacesAreMixedInEqualParts) {
  const Signal tones = [](double seconds, int channel) {
    return tone(300.0 + 100.0 * channel, 0.9)(seconds, 0);
  };
  const auto decoded =
      decode_all(make("a.wav", {.container = "wav", .sound = {SoundSpec{.channels = 12, .signal = tones}}}));
  ASSERT_TRUE(decoded) << decoded.error().message;
  for (int channel = 0; channel < 12; ++channel)
    EXPECT_NEAR(amplitude_at(*decoded, 300.0 + 100.0 * channel, 0.5, 1.5), 0.9 / 12, 0.01) << channel;
}

}  // namespace
}  // namespace vat::media::testing

#include "media/audio_reader.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::IsEmpty;

class TimesTest : public MediaTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(TimesTest, SoundThatBeginsLaterThanThePictureIsPrecededBySilence) {
  MediaSpec spec{.container = GetParam(), .seconds = 4, .picture = PictureSpec{}};
  spec.sound = {SoundSpec{.start = 1.5, .signal = beep_at(1.0)}};
  const auto decoded = decode_all(make("late", spec));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_NEAR(first_loud(*decoded), 2.5, 0.025);
  EXPECT_NEAR(decoded->seconds(), 5.5, 0.1);
}

TEST_P(TimesTest, SoundThatBeginsBeforeThePictureIsAtZero) {
  MediaSpec spec{.container = GetParam(), .seconds = 4, .picture = PictureSpec{.start = 1.0}};
  spec.sound = {SoundSpec{.signal = beep_at(2.0)}};
  const auto decoded = decode_all(make("early", spec));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_NEAR(first_loud(*decoded), 2.0, 0.025);
}

TEST_P(TimesTest, UnevenPicturesDoNotMoveTheSound) {
  MediaSpec spec{.container = GetParam(), .seconds = 6, .picture = PictureSpec{.variable_frame_rate = true}};
  spec.sound = {SoundSpec{.signal = beep_at(5.0)}};
  const auto decoded = decode_all(make("uneven", spec));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_NEAR(first_loud(*decoded), 5.0, 0.025);
}

/// A player does not play what an edit list leaves out: here a second of audio before the video begins.
TEST_F(MediaTest, AnEditListLeavesOutTheBeginning) {
  for (const char* container : {"mp4", "mov"}) {
    MediaSpec spec{.container = container, .seconds = 5, .picture = PictureSpec{}};
    spec.sound = {SoundSpec{.encoder = "pcm_s16be", .start = -1.0, .signal = beep_at(3.0)}};
    if (container == std::string("mp4")) spec.sound.front().encoder = "aac";
    const auto decoded = decode_all(make("edited", spec));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_NEAR(first_loud(*decoded), 2.0, 0.025) << container;
    EXPECT_NEAR(decoded->seconds(), 4.0, 0.1) << container;
  }
}

INSTANTIATE_TEST_SUITE_P(Containers, TimesTest, ::testing::Values("mp4", "mov", "matroska"),
                         [](const auto& container) { return std::string(container.param); });

TEST_F(MediaTest, LostPacketsLeaveSilence) {
  for (const char* container : {"matroska", "mpegts", "mp4"}) {
    MediaSpec spec{.container = container, .seconds = 8, .picture = PictureSpec{}};
    spec.sound = {SoundSpec{.signal = beep_at(6.0), .lost_from = 2.0, .lost_to = 4.0}};
    const auto decoded = decode_all(make("lost", spec));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_NEAR(first_loud(*decoded), 6.0, 0.025) << container;
    EXPECT_NEAR(decoded->seconds(), 8.0, 0.1) << container;
  }
}

TEST_F(MediaTest, ALongRecordingDoesNotDrift) {
  // 44.1 kHz in milliseconds: every stamp is rounded.
  MediaSpec spec{.container = "matroska", .seconds = 300};
  spec.sound = {
      SoundSpec{.encoder = "pcm_s16le", .sample_rate = 44'100, .channels = 1, .signal = beep_at(299.0)}};
  const auto decoded = decode_all(make("long.mkv", spec));
  ASSERT_TRUE(decoded);
  EXPECT_NEAR(first_loud(*decoded), 299.0, 0.005);
  EXPECT_NEAR(decoded->seconds(), 300.0, 0.005);
}

TEST_F(MediaTest, AFragmentedMp4IsAtItsTimes) {
  MediaSpec spec{.container = "mp4", .seconds = 5, .picture = PictureSpec{}, .index_first = true};
  spec.sound = {SoundSpec{.signal = beep_at(4.0)}};
  const auto decoded = decode_all(make("fragments.mp4", spec));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_NEAR(first_loud(*decoded), 4.0, 0.03);
}

/// Two transport streams in one file, as recorders write them: the timestamps start again.
TEST_F(MediaTest, JoinedTransportStreamsKeepTheSoundOfBoth) {
  MediaSpec spec{.container = "mpegts", .seconds = 20, .picture = PictureSpec{}};
  spec.sound = {SoundSpec{.signal = tone(500)}};
  const std::string one = bytes_of(make("one.ts", spec));
  const auto decoded = decode_all(put("two.ts", one + one));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_NEAR(decoded->seconds(), 40.0, 0.5);
  EXPECT_GT(amplitude_at(*decoded, 500, 1, 19), 0.2);
}

TEST_F(MediaTest, SoundShorterThanThePictureIsNoDamage) {
  for (const char* container : {"matroska", "mp4", "avi"}) {
    MediaSpec spec{.container = container, .seconds = 6, .picture = PictureSpec{}};
    spec.sound = {SoundSpec{.lost_from = 2.0, .lost_to = 100.0}};
    const auto decoded = decode_all(make("short", spec));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_NEAR(decoded->seconds(), 2.0, 0.1);
    EXPECT_THAT(decoded->warnings, IsEmpty()) << container;
  }
}

}  // namespace
}  // namespace vat::media::testing

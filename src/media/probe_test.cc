#include "media/probe.h"

#include "media/codecs.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::HasSubstr;

TEST_F(MediaTest, ProbeListsTheTracks) {
  MediaSpec spec{.container = "matroska", .seconds = 4, .picture = PictureSpec{}};
  spec.sound = {SoundSpec{.encoder = "aac", .language = "eng", .title = "Original"},
                SoundSpec{.encoder = "ac3", .channels = 6, .language = "deu", .is_default = true},
                SoundSpec{.encoder = "libopus", .channels = 1}};
  const auto info = probe(make("a.bin", spec));
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_THAT(info->container, HasSubstr("matroska"));
  EXPECT_NEAR(to_seconds(info->duration.value()), 4.0, 0.1);
  EXPECT_TRUE(info->has_video);
  EXPECT_EQ(info->video_codec, "mpeg4");
  EXPECT_EQ(info->width, 160);
  EXPECT_EQ(info->height, 120);
  ASSERT_EQ(info->audio.size(), 3U);
  EXPECT_EQ(info->audio[0].number, 1);
  EXPECT_EQ(info->audio[0].codec, "aac");
  EXPECT_EQ(info->audio[0].language, "eng");
  EXPECT_EQ(info->audio[0].title, "Original");
  EXPECT_EQ(info->audio[0].channels, 2);
  EXPECT_EQ(info->audio[0].sample_rate, 48'000);
  EXPECT_FALSE(info->audio[0].is_default);
  EXPECT_EQ(info->audio[1].codec, "ac3");
  EXPECT_EQ(info->audio[1].channels, 6);
  EXPECT_TRUE(info->audio[1].is_default);
  EXPECT_EQ(info->audio[2].language, "");
  EXPECT_FALSE(info->audio[2].is_default);
}

TEST_F(MediaTest, ProbeOfSoundAloneSeesNoVideo) {
  for (const char* container : {"mp3", "wav", "flac", "ogg", "ipod"}) {
    const auto info = probe(make("a", {.container = container, .seconds = 3}));
    ASSERT_TRUE(info) << container << ": " << info.error().message;
    EXPECT_FALSE(info->has_video);
    ASSERT_EQ(info->audio.size(), 1U);
    EXPECT_TRUE(info->audio[0].is_default);
    ASSERT_TRUE(info->duration) << container;
    EXPECT_NEAR(to_seconds(*info->duration), 3.0, 0.1) << container;
  }
}

TEST_F(MediaTest, ProbeRefusesWhatHasNoSound) {
  EXPECT_EQ(probe(make("a.mp4", {.container = "mp4", .sound = {}, .picture = PictureSpec{}})).error().code,
            ErrorCode::kNoAudio);
  EXPECT_EQ(probe(put("b.mp4", "")).error().code, ErrorCode::kBadMedia);
  EXPECT_EQ(probe(path("c.mp4")).error().code, ErrorCode::kNotFound);
}

TEST(CodecsTest, ThisMachineHasWhatTheProgramNeeds) {
  EXPECT_THAT(ffmpeg_version(), HasSubstr("libavformat"));
  const std::vector<CodecSupport> needed = needed_codecs();
  EXPECT_GT(needed.size(), 20U);
  for (const CodecSupport& support : needed)
    EXPECT_TRUE(support.present) << support.kind << " " << support.name;
}

}  // namespace
}  // namespace vat::media::testing

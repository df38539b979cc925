// Dubs of what people have: containers that leave times out, and everything beside picture and sound.
#include <cstdlib>

#include "media/audio_encoder.h"
#include "media/mux.h"
#include "media/testing/ffmpeg_program.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

constexpr const char* kInputs =
    "-f lavfi -i testsrc=s=160x120:r=25:d=3 -f lavfi -i 'sine=f=440:d=3:sample_rate=48000' ";

struct Original {
  const char* file;
  const char* codecs;
  const char* stored = "";  ///< The codec of the sound in the dub.
};

class OriginalsTest : public MediaTest {
 protected:
  void SetUp() override {
    if (!has_ffmpeg_programs()) GTEST_SKIP() << "needs the programs ffmpeg and ffprobe";
  }
  void write(const std::string& arguments) const {
    const Result<> written = ffmpeg(arguments, path(""));
    ASSERT_TRUE(written) << written.error().message;
  }
  /// One ffmpeg writes them all, because starting costs it more than writing.
  void write_all(const std::vector<Original>& kinds) const {
    std::string arguments = kInputs;
    for (const Original& kind : kinds) arguments += std::string(kind.codecs) + " " + kind.file + " ";
    write(arguments);
  }
  [[nodiscard]] Result<MuxResult> dub(const std::filesystem::path& original) const {
    const auto encoder =
        AudioEncoder::create(path("speech"), {.format = AudioFormat::kM4a, .sample_rate = 24'000}).value();
    EXPECT_TRUE(encoder->write(std::vector<float>(24'000 * 3, 0.1F)));
    EXPECT_TRUE(encoder->finish());
    return mux(original, {.audio = path("speech"), .audio_language = "de"}, path("dub"));
  }
  [[nodiscard]] std::string say(const std::string& entries, const std::string& streams = {}) const {
    return ffprobe(entries, path("dub"), streams).value();
  }
};

TEST_F(OriginalsTest, ContainersThatLeaveTimesOutAreCopied) {
  const std::vector<Original> kinds = {{"a.avi", "-c:v mpeg4 -bf 2 -c:a libmp3lame"},
                                       {"b.avi", "-c:v libx264 -c:a libmp3lame"},
                                       {"c.mpg", "-c:v mpeg2video -bf 2 -c:a mp2"},
                                       {"d.vob", "-c:v mpeg2video -bf 2 -c:a ac3"},
                                       {"e.wmv", "-c:v wmv2 -c:a wmav2"},
                                       {"f.ts", "-c:v libx264 -c:a aac"},
                                       {"g.flv", "-c:v libx264 -c:a aac"}};
  write_all(kinds);
  for (const Original& kind : kinds) {
    SCOPED_TRACE(kind.file);
    const auto result = dub(path(kind.file));
    ASSERT_TRUE(result) << result.error().message << " " << result.error().detail;
    EXPECT_EQ(result->container, "matroska");
    EXPECT_THAT(result->warnings, IsEmpty());
    const std::string said = say("stream=codec_type,nb_read_packets:format=duration");
    // All 75 pictures, as long as the original.
    ASSERT_THAT(said, MatchesRegex("video\n75\naudio\n[0-9]+\naudio\n[0-9]+\n[0-9.]+\n"));
    EXPECT_NEAR(std::strtod(said.c_str() + said.rfind('\n', said.size() - 2), nullptr), 3.0, 0.15);
  }
}

/// The samples of DVD and Blu-ray are stored in ways of their own, which Matroska does not have.
TEST_F(OriginalsTest, UncompressedSoundOfDiscsStays) {
  const std::vector<Original> kinds = {{"a.vob", "-c:v mpeg2video -c:a pcm_dvd", "pcm_s16le"},
                                       {"b.vob", "-c:v mpeg2video -c:a pcm_dvd -sample_fmt s32", "pcm_s24le"},
                                       {"c.m2ts", "-c:v libx264 -ac 2 -c:a pcm_bluray", "pcm_s16le"}};
  write_all(kinds);
  for (const Original& kind : kinds) {
    SCOPED_TRACE(kind.file);
    const auto result = dub(path(kind.file));
    ASSERT_TRUE(result) << result.error().message << " " << result.error().detail;
    EXPECT_THAT(result->warnings, IsEmpty());
    EXPECT_THAT(say("stream=codec_name", "a"), HasSubstr(kind.stored));
    const auto before = decode_all(path(kind.file)).value();
    const auto after = decode_all(path("dub"), 1);
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_NEAR(after->seconds(), before.seconds(), 0.05);
    EXPECT_NEAR(amplitude_at(*after, 440, 0.2, 2.8), amplitude_at(before, 440, 0.2, 2.8), 0.001);
    EXPECT_GT(amplitude_at(*after, 440, 0.2, 2.8), 0.05);
  }
}

TEST_F(OriginalsTest, ChaptersAndTagsStay) {
  put("chapters.txt",
      ";FFMETADATA1\ntitle=Whole\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n"
      "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=3000\ntitle=Two\n");
  const std::string codecs = "-map_metadata 2 -map 0 -map 1 -c:v libx264 -c:a aac ";
  write(kInputs + ("-i chapters.txt " + codecs) + "a.mp4 " + codecs + "a.mov " + codecs + "a.mkv");
  for (const char* file : {"a.mp4", "a.mov", "a.mkv"}) {
    SCOPED_TRACE(file);
    const auto result = dub(path(file));
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_THAT(result->warnings, IsEmpty());
    EXPECT_EQ(say("chapter=start_time:chapter_tags=title:format_tags=title"),
              "0.000000\nOne\n1.000000\nTwo\nWhole\n");
  }
}

TEST_F(OriginalsTest, ChaptersCountFromTheStart) {
  put("chapters.txt", ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=11000\nEND=13000\ntitle=Two\n");
  write(std::string(kInputs) +
        "-i chapters.txt -map_metadata 2 -map 0 -map 1 -c:v mpeg4 -c:a flac -output_ts_offset 10 a.mkv");
  ASSERT_TRUE(dub(path("a.mkv")));
  EXPECT_NEAR(ffprobe_number("chapter=start_time", path("dub")), 1.0, 0.05);
}

TEST_F(OriginalsTest, RotationStaysInMp4) {
  write(std::string(kInputs) + "-c:v libx264 -c:a aac plain.mp4");
  write("-i plain.mp4 -c copy -metadata:s:v:0 rotate=90 a.mp4");
  ASSERT_THAT(ffprobe("stream_side_data=rotation", path("a.mp4"), "v:0").value(), HasSubstr("90"));
  ASSERT_TRUE(dub(path("a.mp4")));
  EXPECT_EQ(say("stream_side_data=rotation", "v:0"),
            ffprobe("stream_side_data=rotation", path("a.mp4"), "v:0").value());
}

TEST_F(OriginalsTest, CoversAttachmentsAndSubtitlesStay) {
  put("a.srt", "1\n00:00:00,500 --> 00:00:01,500\nGood morning.\n");
  put("font.ttf", "not really a font");
  ASSERT_TRUE(write_picture(path("cover.png")));
  write(std::string(kInputs) +
        "-i a.srt -map 0 -map 1 -map 2 -c:v mpeg4 -c:a flac -c:s ass -attach font.ttf -metadata:s:t:0 "
        "mimetype=font/ttf -attach cover.png -metadata:s:t:1 mimetype=image/png a.mkv");
  const auto result = dub(path("a.mkv"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->warnings, IsEmpty());
  const std::string streams = say("stream=codec_type:stream_tags=filename");
  EXPECT_THAT(streams, HasSubstr("font.ttf"));
  EXPECT_THAT(streams, HasSubstr("cover.png"));
  EXPECT_THAT(streams, HasSubstr("subtitle"));
}

/// WebM cannot contain AAC speech: the new file is Matroska, with its subtitles.
TEST_F(OriginalsTest, MatroskaIsTakenAndSaid) {
  put("a.srt", "1\n00:00:00,500 --> 00:00:01,500\nGood morning.\n");
  write(std::string(kInputs) +
        "-i a.srt -map 0 -map 1 -map 2 -c:v libx264 -c:a pcm_s16le -c:s mov_text a.mov");
  const auto kept = dub(path("a.mov"));
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->container, "mov");
  EXPECT_THAT(say("stream=codec_name", "s"), HasSubstr("mov_text"));
  write(std::string(kInputs) + "-c:v libvpx -deadline realtime -threads 1 -c:a libopus a.webm");
  const auto moved = dub(path("a.webm"));
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->container, "matroska");
  EXPECT_THAT(moved->warnings, ElementsAre("The new file is Matroska, because WebM cannot contain aac."));
}

}  // namespace
}  // namespace vat::media::testing

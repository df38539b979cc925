// One rule for where a recording's time begins, held against FFmpeg's own programs: every container, with
// tracks that begin late, early, below zero and at an offset.
#include <memory>
#include <span>

#include "media/audio_reader.h"
#include "media/av.h"
#include "media/testing/ffmpeg_program.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::IsEmpty;

struct Container {
  const char* name;
  const char* extension;
  const char* video;  ///< Empty: audio only.
  const char* audio;
};

struct Beginning {
  const char* name;
  double video = 0;  ///< Delays of the tracks in seconds.
  double audio = 0;
  double offset = 0;  ///< Of all times.
};

constexpr Container kContainers[] = {
    {"mkv_h264", "mkv", "libx264", "aac"},
    {"mkv_h264_without_b", "mkv", "libx264 -bf 0", "aac"},
    {"mkv_h265", "mkv", "libx265 -preset ultrafast -x265-params log-level=none", "libopus"},
    {"mkv_mpeg4", "mkv", "mpeg4", "flac"},
    {"mkv_pcm", "mkv", "libx264", "pcm_s16le"},
    {"mp4", "mp4", "libx264", "aac"},
    {"mov", "mov", "mpeg4", "pcm_s16le"},
    {"ts", "ts", "libx264", "aac"},
    {"ts_mpeg2", "ts", "mpeg2video", "mp2"},
    {"webm", "webm", "libvpx -deadline realtime -threads 1", "libopus"},
    {"avi", "avi", "mpeg4 -bf 2", "libmp3lame"},
    {"mpg", "mpg", "mpeg2video", "mp2"},
    {"vob", "vob", "mpeg2video", "ac3"},
    {"ogg", "ogv", "libtheora", "libvorbis"},
    {"flv", "flv", "libx264", "aac"},
    {"ogg_opus", "opus", "", "libopus"},
    {"ogg_vorbis", "ogg", "", "libvorbis"},
    {"flac", "flac", "", "flac"},
    {"m4a", "m4a", "", "aac"},
    {"mka", "mka", "", "flac"},
    {"mp3", "mp3", "", "libmp3lame"},
};

constexpr Beginning kBeginnings[] = {
    {"together"},           {"audio_late", 0, 2.5},
    {"video_late", 1.5, 0}, {"audio_late_and_offset", 0, 2.5, 100},
    {"offset", 0, 0, 10},
};
/// Ogg, AVI and FLV have no times below zero.
constexpr Beginning kBelowZero = {"below_zero", 0, 0, -1};
/// MPEG's clock of 33 bits begins again after 95443.7 s, and its times may restart: a late track is neither.
constexpr Beginning kOfMpeg[] = {{"before_the_wrap", 0, 2.5, 95'440}, {"audio_later_than_a_restart", 0, 12}};

std::vector<Beginning> beginnings_of(const Container& container) {
  std::vector<Beginning> all(std::begin(kBeginnings), std::end(kBeginnings));
  const std::string_view extension = container.extension;
  if (extension == "ts" || extension == "mpg" || extension == "vob")
    all.insert(all.end(), std::begin(kOfMpeg), std::end(kOfMpeg));
  if (extension == "mkv" || extension == "webm" || extension == "mp4" || extension == "mov")
    all.push_back(kBelowZero);
  return all;
}

void PrintTo(const Container& container, std::ostream* out) { *out << container.name; }

/// How much later than the file its audio begins, in seconds: what ffprobe prints of both, whose start would
/// take longer than all else here. A time that is not stated counts as 0.
Result<double> stated_delay(const std::filesystem::path& file) {
  AVFormatContext* context = nullptr;
  int error = avformat_open_input(&context, file.c_str(), nullptr, nullptr);
  const auto close = [](AVFormatContext* opened) { avformat_close_input(&opened); };
  const std::unique_ptr<AVFormatContext, decltype(close)> closed(context, close);
  if (error >= 0) error = avformat_find_stream_info(context, nullptr);
  if (error < 0) return fail(ErrorCode::kBadMedia, "libavformat cannot read the file.", av_error_text(error));
  const auto seconds = [](std::int64_t time, AVRational base) {
    return time == AV_NOPTS_VALUE ? 0.0 : static_cast<double>(time) * av_q2d(base);
  };
  for (const AVStream* const stream : std::span(context->streams, context->nb_streams)) {
    if (stream->codecpar->codec_type != AVMEDIA_TYPE_AUDIO) continue;
    return seconds(stream->start_time, stream->time_base) -
           seconds(context->start_time, AVRational{1, AV_TIME_BASE});
  }
  return fail(ErrorCode::kNoAudio, "The file has no audio track.");
}

class TimesTable : public MediaTest, public ::testing::WithParamInterface<Container> {
 protected:
  [[nodiscard]] std::filesystem::path file(const Beginning& beginning) const {
    return path(std::string(beginning.name) + '.' + GetParam().extension);
  }

  /// Writes a file for each beginning. One ffmpeg does, because starting costs it more than writing.
  [[nodiscard]] Result<> write(const std::vector<Beginning>& beginnings) const {
    const Container& container = GetParam();
    const bool picture = *container.video != '\0';
    std::string inputs;
    std::string outputs;
    int input = 0;
    for (const Beginning& beginning : beginnings) {
      if (picture) {
        inputs +=
            "-itsoffset " + std::to_string(beginning.video) + " -f lavfi -i testsrc=s=160x120:r=25:d=4 ";
        outputs += "-map " + std::to_string(input++) + " -c:v " + container.video + ' ';
      }
      inputs += "-itsoffset " + std::to_string(beginning.audio) +
                " -f lavfi -i 'aevalsrc=0.8*sin(2*PI*1000*t)*between(t\\,0.5\\,0.6):s=48000:d=2.5' ";
      outputs += "-map " + std::to_string(input++) + " -c:a " + container.audio + " -output_ts_offset " +
                 std::to_string(beginning.offset) + ' ' + file(beginning).string() + ' ';
    }
    return ffmpeg(inputs + outputs, path(""));
  }

  /// Has ffmpeg decode all of them to `reference(beginning)`, timestamps aside.
  [[nodiscard]] Result<> decode(const std::vector<Beginning>& beginnings) const {
    std::string inputs;
    std::string outputs;
    int input = 0;
    for (const Beginning& beginning : beginnings) {
      inputs += "-i " + file(beginning).string() + ' ';
      outputs += "-map " + std::to_string(input++) + ":a:0 -ac 1 -ar 16000 -f wav " +
                 reference(beginning).string() + ' ';
    }
    return ffmpeg(inputs + outputs, path(""));
  }
  [[nodiscard]] std::filesystem::path reference(const Beginning& beginning) const {
    return file(beginning).concat(".wav");
  }
};

TEST_P(TimesTable, AgreesWithFfmpeg) {
  if (!has_ffmpeg_programs()) GTEST_SKIP() << "needs the programs ffmpeg and ffprobe";
  const std::vector<Beginning> beginnings = beginnings_of(GetParam());
  const Result<> written = write(beginnings);
  ASSERT_TRUE(written) << written.error().message;
  const Result<> referred = decode(beginnings);
  ASSERT_TRUE(referred) << referred.error().message;
  for (const Beginning& beginning : beginnings) {
    SCOPED_TRACE(beginning.name);
    const auto decoded = decode_all(file(beginning));
    ASSERT_TRUE(decoded) << decoded.error().message;
    const auto expected = decode_all(reference(beginning));
    ASSERT_TRUE(expected) << expected.error().message;
    const auto delay = stated_delay(file(beginning));
    ASSERT_TRUE(delay) << delay.error().message;
    EXPECT_NEAR(first_loud(*decoded), *delay + first_loud(*expected), 0.03);
    EXPECT_NEAR(decoded->seconds(), *delay + expected->seconds(), 0.06);
    EXPECT_THAT(decoded->warnings, IsEmpty());
  }
}

/// FFmpeg's writer of WMV counts the delay of a late track twice, but says how many bytes the file has.
TEST_F(MediaTest, AWrongLengthOfAWholeFileIsNoEarlyEnd) {
  if (!has_ffmpeg_programs()) GTEST_SKIP() << "needs the programs ffmpeg and ffprobe";
  ASSERT_TRUE(
      ffmpeg("-f lavfi -i testsrc=s=160x120:r=25:d=4 -itsoffset 2.5 -f lavfi -i sine=d=2.5 -c:v wmv2 -c:a "
             "wmav2 a.wmv",
             path("")));
  EXPECT_THAT(decode_all(path("a.wmv"))->warnings, IsEmpty());
  EXPECT_THAT(decode_all(cut(path("a.wmv"), 0.6))->warnings, ::testing::Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(Containers, TimesTable, ::testing::ValuesIn(kContainers),
                         [](const auto& container) { return std::string(container.param.name); });

}  // namespace
}  // namespace vat::media::testing

#include "media/pictures.h"

#include <cmath>
#include <string>

#include "media/media.h"
#include "media/picture_reader.h"
#include "media/testing/ffmpeg_program.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A JPEG file, decoded again.
class Seen {
 public:
  explicit Seen(const std::string& jpeg) {
    const AvPtr<AVCodecContext> codec(avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_MJPEG)));
    const AvPtr<AVPacket> packet = make_packet();
    if (jpeg.empty() || avcodec_open2(codec.get(), nullptr, nullptr) < 0 ||
        av_new_packet(packet.get(), static_cast<int>(jpeg.size())) < 0)
      return;
    jpeg.copy(reinterpret_cast<char*>(packet->data), jpeg.size());
    if (avcodec_send_packet(codec.get(), packet.get()) < 0 ||
        avcodec_receive_frame(codec.get(), frame_.get()) < 0)
      frame_->width = frame_->height = 0;
  }
  [[nodiscard]] int width() const { return frame_->width; }
  [[nodiscard]] int height() const { return frame_->height; }
  /// From 0 for black to 255, at a place in parts of the picture.
  [[nodiscard]] int light(double across, double down) const {
    const auto x = static_cast<std::ptrdiff_t>(across * width());
    const auto y = static_cast<std::ptrdiff_t>(down * height());
    return frame_->data[0][y * frame_->linesize[0] + x];
  }

 private:
  AvPtr<AVFrame> frame_ = make_frame();
};

class PicturesTest : public MediaTest {
 protected:
  void SetUp() override {
    if (!has_ffmpeg_programs()) GTEST_SKIP() << "ffmpeg is not installed";
  }
  /// Video of a lavfi source beside a tone, as long as the shorter of both.
  std::filesystem::path film(const std::string& name, const std::string& source, double seconds,
                             const std::string& encoding = "-c:v mpeg4 -q:v 3") {
    const auto made =
        ffmpeg("-f lavfi -i '" + source + "' -f lavfi -i sine=d=" + std::to_string(seconds) + " -t " +
                   std::to_string(seconds) + " " + encoding + " -pix_fmt yuv420p " + name,
               path(".").parent_path());
    EXPECT_TRUE(made) << made.error().message;
    return path(name);
  }
  std::filesystem::path changed(const std::string& from, const std::string& options,
                                const std::string& name) {
    const auto made = ffmpeg("-i " + from + " " + options + " " + name, path(".").parent_path());
    EXPECT_TRUE(made) << made.error().message;
    return path(name);
  }
  static Pictures pictures_of(const std::filesystem::path& file) {
    auto made = media_in_process().pictures(file, {});
    EXPECT_TRUE(made) << made.error().message;
    return made ? std::move(*made) : Pictures{};
  }
};

/// Grows lighter from second to second.
std::string dawn(const std::string& size, int rate) {
  return "color=black:s=" + size + ":r=" + std::to_string(rate) + ",geq=lum='40+10*floor(T)':cb=128:cr=128";
}
/// What dawn() becomes where it is full range.
double light_of_dawn(double seconds) { return (24 + 10 * std::floor(seconds)) * 255.0 / 219; }

TEST_F(PicturesTest, TheThumbnailIsNotTheBlackBeginning) {
  const auto file =
      film("a.mp4", "color=black:s=320x180:r=10:d=3[a];testsrc2=s=320x180:r=10:d=3[b];[a][b]concat", 6);
  const Pictures pictures = pictures_of(file);
  const Seen large(pictures.large);
  EXPECT_EQ(large.width(), 320);
  EXPECT_EQ(large.height(), 180);
  EXPECT_GT(large.light(0.5, 0.5) + large.light(0.2, 0.2) + large.light(0.8, 0.3), 150);
  EXPECT_EQ(Seen(pictures.small).width(), 160);
}

TEST_F(PicturesTest, TheStripShowsEachMomentAtItsPlace) {
  const Pictures pictures = pictures_of(film("a.mp4", dawn("320x180", 10), 12));
  ASSERT_TRUE(pictures.filmstrip);
  const Filmstrip& strip = *pictures.filmstrip;
  EXPECT_EQ(strip.frames, 12);
  EXPECT_EQ(strip.columns, 10);
  EXPECT_EQ(strip.interval, Millis(1000));
  EXPECT_EQ(strip.width, 160);
  EXPECT_EQ(strip.height, 90);
  const Seen sheet(strip.sheet);
  EXPECT_EQ(sheet.width(), 1600);
  EXPECT_EQ(sheet.height(), 180);
  for (int i = 0; i < strip.frames; ++i)
    EXPECT_NEAR(sheet.light((i % 10 + 0.5) / 10, i < 10 ? 0.25 : 0.75), light_of_dawn(i), 8) << i;
  EXPECT_EQ(sheet.light(0.95, 0.75), 0) << "no picture";
  EXPECT_EQ(to_json(strip), R"({"interval_seconds":1,"frames":12,"columns":10,"width":160,"height":90})");
}

TEST_F(PicturesTest, AStripHasNoMoreThanAHundredPictures) {
  const Pictures pictures = pictures_of(film("a.mp4", dawn("32x24", 1), 130));
  ASSERT_TRUE(pictures.filmstrip);
  EXPECT_EQ(pictures.filmstrip->frames, 100);
  EXPECT_EQ(pictures.filmstrip->interval, Millis(1300));
  EXPECT_EQ(Seen(pictures.filmstrip->sheet).height(), 240);
}

TEST_F(PicturesTest, APhonesVideoStandsUpright) {
  // Light at the top left alone.
  const auto lying = film("a.mp4", "color=black:s=160x120:r=10,drawbox=w=60:h=40:color=white:t=fill", 2);
  for (const int turn : {90, 180, 270}) {
    const auto file = changed("a.mp4", "-c copy -metadata:s:v rotate=" + std::to_string(turn),
                              std::to_string(turn) + ".mp4");
    const Seen seen(pictures_of(file).large);
    // FFmpeg's own, which turns it as players do.
    const Seen wanted(
        bytes_of(changed(file.filename(), "-frames:v 1 -q:v 2", std::to_string(turn) + ".jpg")));
    EXPECT_EQ(seen.width(), wanted.width()) << turn;
    EXPECT_EQ(seen.height(), wanted.height()) << turn;
    for (const double across : {0.1, 0.9})
      for (const double down : {0.1, 0.9})
        EXPECT_NEAR(seen.light(across, down), wanted.light(across, down), 20)
            << turn << " " << across << " " << down;
  }
  EXPECT_EQ(Seen(pictures_of(lying).large).width(), 160);
}

TEST_F(PicturesTest, PixelsThatAreNotSquareAreMadeSquare) {
  const Seen wide(pictures_of(film("a.mp4", "testsrc2=s=160x120:r=10,setsar=2", 2)).large);
  EXPECT_EQ(wide.width(), 320);
  EXPECT_EQ(wide.height(), 120);
  const Seen absurd(pictures_of(film("b.mp4", "testsrc2=s=160x120:r=10,setsar=1/200", 2)).large);
  EXPECT_EQ(absurd.width(), 160);
}

TEST_F(PicturesTest, ATallVideoFitsAsWell) {
  const Pictures pictures = pictures_of(film("a.mp4", "testsrc2=s=180x320:r=10", 3));
  EXPECT_EQ(Seen(pictures.small).height(), 160);
  ASSERT_TRUE(pictures.filmstrip);
  EXPECT_EQ(pictures.filmstrip->width, 90);
}

TEST_F(PicturesTest, TheCoverOfASoundIsItsThumbnail) {
  film("a.mp4", "testsrc2=s=16x16", 2);
  changed("a.mp4", "-vn", "a.mp3");
  changed("a.mp4", "-vf 'color=white:s=800x600[c];[in]nullsink;[c]copy' -frames:v 1", "c.png");
  const auto file = changed("a.mp3", "-i c.png -map 0 -map 1 -c copy -disposition:v attached_pic", "b.mp3");
  const Pictures pictures = pictures_of(file);
  const Seen large(pictures.large);
  EXPECT_EQ(large.width(), 640);
  EXPECT_EQ(large.height(), 480);
  EXPECT_GT(large.light(0.5, 0.5), 245);
  EXPECT_FALSE(pictures.filmstrip);
}

TEST_F(PicturesTest, OneFrameIsAThumbnail) {
  const Pictures pictures = pictures_of(film("a.mkv", "testsrc2=s=64x48:r=1", 0.5));
  EXPECT_EQ(Seen(pictures.large).width(), 64);
  EXPECT_FALSE(pictures.filmstrip);
}

TEST_F(PicturesTest, ATinyVideoIsNotEnlarged) {
  const Pictures pictures = pictures_of(film("a.avi", "testsrc2=s=2x2:r=5", 2, "-c:v rawvideo"));
  EXPECT_EQ(Seen(pictures.large).width(), 2);
  ASSERT_TRUE(pictures.filmstrip);
  EXPECT_EQ(pictures.filmstrip->height, 2);
}

TEST_F(PicturesTest, SoundAloneHasNone) {
  EXPECT_TRUE(pictures_of(make("a.wav", {.container = "wav"})).none());
  EXPECT_FALSE(media_in_process().pictures(path("absent.mp4"), {}));
}

TEST_F(PicturesTest, AVideoThatCannotBeDecodedHasNone) {
  film("a.mkv", "testsrc2=s=64x48:r=10", 2);
  std::string unknown = bytes_of(path("a.mkv"));
  const std::size_t codec = unknown.find("V_MPEG4/ISO/ASP");
  ASSERT_NE(codec, std::string::npos);
  EXPECT_TRUE(pictures_of(put("b.mkv", unknown.replace(codec, 15, "V_UNKNOWN/CODEC"))).none());
  // Every frame is nonsense, the container is not.
  std::string broken = bytes_of(film("c.avi", "testsrc2=s=64x48:r=10", 2, "-c:v png"));
  for (std::size_t at = broken.find("\x89PNG"); at != std::string::npos; at = broken.find("\x89PNG", at))
    broken.replace(at, 4, "none");
  EXPECT_TRUE(pictures_of(put("d.avi", broken)).none());
}

TEST_F(PicturesTest, APictureThatIsMadeToExhaustMemoryIsLeftOut) {
  make("a.mp3", {.container = "mp3"});
  const auto with_cover = [&](const std::string& size) {
    EXPECT_TRUE(ffmpeg("-f lavfi -i color=gray:s=" + size + " -frames:v 1 -pix_fmt gray " + size + ".png",
                       path(".").parent_path()));
    return changed("a.mp3", "-i " + size + ".png -map 0 -map 1 -c copy -disposition:v attached_pic",
                   size + ".mp3");
  };
  EXPECT_EQ(Seen(pictures_of(with_cover("4000x4000")).large).width(), 640);
  EXPECT_TRUE(pictures_of(with_cover("6100x6100")).none());
}

TEST_F(PicturesTest, AStopEndsTheWork) {
  const auto file = film("a.mp4", "testsrc2=s=64x48:r=10", 2);
  std::stop_source stop;
  stop.request_stop();
  const auto made = media_in_process().pictures(file, stop.get_token());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kCancelled);
}

struct Kind {
  const char* name;
  const char* encoding;
};
class EveryVideo : public PicturesTest, public ::testing::WithParamInterface<Kind> {};

INSTANTIATE_TEST_SUITE_P(
    Pictures, EveryVideo,
    ::testing::Values(Kind{"a.mp4", "-c:v libx264 -preset ultrafast -bf 2 -g 20"},
                      Kind{"a.mkv", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=20"},
                      Kind{"a.webm", "-c:v libvpx -deadline realtime -threads 1 -g 20"},
                      Kind{"b.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -threads 1 -g 20"},
                      Kind{"a.ts", "-c:v mpeg2video -q:v 3 -g 20"},
                      Kind{"b.ts", "-c:v libx264 -preset ultrafast -g 20"},
                      Kind{"a.avi", "-c:v mpeg4 -q:v 3 -g 20"}, Kind{"a.flv", "-c:v flv1 -q:v 3 -g 20"},
                      Kind{"a.wmv", "-c:v wmv2 -q:v 3 -g 20"}),
    [](const auto& tested) {
      std::string name = tested.param.name;
      return name.replace(name.find('.'), 1, "_");
    });

TEST_P(EveryVideo, IsSeenAtTheMomentOrAtAKeyFrameNearby) {
  const auto file = film(GetParam().name, dawn("64x48", 10), 12, GetParam().encoding);
  for (const auto way : {PictureReader::Way::kDecode, PictureReader::Way::kKeyFrames}) {
    const auto input = Input::open(file, {}, Input::Codecs::kPictures);
    ASSERT_TRUE(input) << input.error().message;
    const auto reader = PictureReader::open(**input, (*input)->video(), way);
    ASSERT_TRUE(reader);
    for (double seconds = 0.5; seconds < 12; seconds += 1) {
      const auto picture = reader->picture_at(seconds);
      ASSERT_TRUE(picture);
      ASSERT_NE(*picture, nullptr) << seconds;
      const int light = (*picture)->data[0][0];
      const double exact = 40 + 10 * std::floor(seconds);
      // A key frame is no farther away than the next one, which is two seconds.
      if (way == PictureReader::Way::kDecode)
        EXPECT_NEAR(light, exact, 6) << seconds;
      else
        EXPECT_NEAR(light, exact, 26) << seconds;
    }
    EXPECT_FALSE(reader->is_exhausted());
  }
}

}  // namespace
}  // namespace vat::media::testing

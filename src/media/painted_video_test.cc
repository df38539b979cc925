#include "media/painted_video.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/file.h"
#include "media/audio_encoder.h"
#include "media/mux.h"
#include "media/probe.h"

namespace vat::media {
namespace {

constexpr Colour kWhite{255, 255, 255};

TEST(PaintedVideo, IsAVideoOfItsLengthWithoutSound) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  const std::filesystem::path file = folder.path() / "painted.webm";
  int painted = 0;
  const auto written = write_painted_video(file, {.width = 160, .height = 90, .seconds = 3},
                                           [&](Canvas& canvas, double seconds) {
                                             ++painted;
                                             canvas.disc(20 + 30 * seconds, 45, 12, kWhite);
                                           });
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_EQ(painted, 15);
  EXPECT_EQ(probe(file).error().code, ErrorCode::kNoAudio);
  const std::filesystem::path sound = folder.path() / "sound.opus";
  auto encoder = AudioEncoder::create(sound, {.format = AudioFormat::kOpus, .sample_rate = 24'000}).value();
  const std::vector<float> silence(24'000, 0.0F);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(encoder->write(silence).has_value());
  ASSERT_TRUE(encoder->finish().has_value());
  const std::filesystem::path both = folder.path() / "both.webm";
  const auto muxed = mux(file, {.audio = sound}, both);
  ASSERT_TRUE(muxed.has_value()) << muxed.error().message;
  EXPECT_EQ(muxed->container, "webm");
  const MediaInfo info = probe(both).value();
  EXPECT_TRUE(info.has_video);
  EXPECT_EQ(info.video_codec, "vp8");
  EXPECT_EQ(info.width, 160);
  EXPECT_EQ(info.audio.size(), 1U);
  EXPECT_NEAR(to_seconds(info.duration.value_or(Millis(0))), 3, 0.3);
}

TEST(PaintedVideo, ShapesMayLieOutsideOfThePicture) {
  Canvas canvas(16, 10);
  canvas.disc(-5, -5, 8, kWhite);
  canvas.rectangle(10, 8, 100, 100, kWhite);
  canvas.disc(500, 500, 3, kWhite);
  EXPECT_EQ(canvas.plane(0).front(), 235);
  EXPECT_EQ(canvas.plane(0).back(), 235);
  EXPECT_EQ(canvas.plane(0).at(5 * 16 + 8), 16) << "black";
  EXPECT_EQ(canvas.plane(1).size(), 40U);
}

}  // namespace
}  // namespace vat::media

#include "media/waveform.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace vat::media {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kSecond = kRecognitionRate;

/// In pieces of an odd size, as a decoder hands them out.
class PiecewiseSource : public AudioSource {
 public:
  explicit PiecewiseSource(std::vector<float> samples) : samples_(std::move(samples)) {}
  Result<std::size_t> read(std::span<float> out) override {
    const std::size_t count = std::min({out.size(), samples_.size() - at_, std::size_t{777}});
    std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(at_), count, out.begin());
    at_ += count;
    return count;
  }
  [[nodiscard]] std::optional<Millis> duration() const override { return std::nullopt; }

 private:
  std::vector<float> samples_;
  std::size_t at_ = 0;
};

struct Waveform {
  std::vector<std::uint32_t> header;
  std::vector<int> points;  ///< Low and high in turn.
};

Waveform read_waveform(const std::filesystem::path& path) {
  const std::string bytes = read_file(path, 1U << 26U).value();
  Waveform waveform;
  for (std::size_t at = 0; at < 24; at += 4) {
    std::uint32_t value = 0;
    for (std::size_t byte = 4; byte-- > 0;)
      value = value << 8U | static_cast<std::uint8_t>(bytes.at(at + byte));
    waveform.header.push_back(value);
  }
  for (std::size_t at = 24; at < bytes.size(); ++at)
    waveform.points.push_back(static_cast<std::int8_t>(bytes[at]));
  return waveform;
}

class WaveformTest : public ::testing::Test {
 protected:
  /// Of 1, 10 and 100 points a second.
  std::vector<Waveform> draw(std::vector<float> samples) {
    PiecewiseSource source(std::move(samples));
    WaveformSource drawn(source, folder_.path());
    std::vector<float> block(1000);
    while (drawn.read(block).value() > 0) {
    }
    std::vector<Waveform> waveforms;
    const std::vector<std::filesystem::path> files = drawn.finish().value();
    for (const auto& path : files) waveforms.push_back(read_waveform(path));
    return waveforms;
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
};

TEST_F(WaveformTest, HasTheLowestAndTheHighestSampleOfEachPoint) {
  std::vector<float> samples(3 * kSecond, 0);
  samples[kSecond] = 0.5F;  // The first of the second second.
  samples[2 * kSecond - 1] = -0.25F;
  samples[2 * kSecond] = -1;
  const auto waveforms = draw(samples);
  ASSERT_EQ(waveforms.size(), 3U);
  EXPECT_THAT(waveforms[0].header, ElementsAre(2, 1, 16'000, 16'000, 3, 1));
  EXPECT_THAT(waveforms[0].points, ElementsAre(0, 0, -32, 64, -128, 0));
  EXPECT_THAT(waveforms[1].header, ElementsAre(2, 1, 16'000, 1'600, 30, 1));
  EXPECT_EQ(waveforms[1].points[21], 64);
  EXPECT_EQ(waveforms[1].points[38], -32);
  EXPECT_THAT(waveforms[2].header, ElementsAre(2, 1, 16'000, 160, 300, 1));
  ASSERT_EQ(waveforms[2].points.size(), 600U);
  EXPECT_EQ(waveforms[2].points[201], 64);
  EXPECT_EQ(waveforms[2].points[398], -32);
  EXPECT_EQ(waveforms[2].points[400], -128);
}

TEST_F(WaveformTest, OfATonesEachPointIsItsAmplitude) {
  std::vector<float> samples(2 * kSecond);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = 0.75F * std::sin(static_cast<float>(i) * 2 * 3.14159265F * 440 / kRecognitionRate);
  for (const Waveform& waveform : draw(samples)) {
    for (std::size_t point = 0; point < waveform.points.size(); point += 2) {
      EXPECT_NEAR(waveform.points[point], -96, 1);
      EXPECT_NEAR(waveform.points[point + 1], 96, 1);
    }
  }
}

TEST_F(WaveformTest, TheLastPointIsOfWhatIsLeft) {
  std::vector<float> samples(kSecond + 1, 0.25F);
  const auto waveforms = draw(samples);
  EXPECT_THAT(waveforms[0].points, ElementsAre(32, 32, 32, 32));
  EXPECT_EQ(waveforms[2].header[4], 101U);
  EXPECT_EQ(waveforms[2].points.size(), 202U);
}

TEST_F(WaveformTest, OfNothingThereIsAHeader) {
  EXPECT_THAT(draw({})[1].header, ElementsAre(2, 1, 16'000, 1'600, 0, 1));
}

TEST_F(WaveformTest, WhatIsBeyondIsCutOffAndWhatIsNoNumberIsLeftOut) {
  std::vector<float> samples(kSecond, std::numeric_limits<float>::quiet_NaN());
  EXPECT_THAT(draw(samples)[0].points, ElementsAre(0, 0));
  samples[5] = 7;
  samples[6] = -std::numeric_limits<float>::max();
  EXPECT_THAT(draw(samples)[0].points, ElementsAre(-128, 127));
}

TEST_F(WaveformTest, IsNotCompleteBeforeTheEnd) {
  PiecewiseSource source{std::vector<float>(kSecond)};
  WaveformSource drawn(source, folder_.path());
  std::vector<float> block(1000);
  ASSERT_TRUE(drawn.read(block));
  EXPECT_FALSE(drawn.finish());
}

TEST_F(WaveformTest, ReadingGoesOnWithoutAPlaceToWrite) {
  PiecewiseSource source{std::vector<float>(kSecond)};
  WaveformSource drawn(source, folder_.path() / "missing");
  std::vector<float> block(1000);
  std::size_t total = 0;
  while (const std::size_t count = drawn.read(block).value()) total += count;
  EXPECT_EQ(total, kSecond);
  const auto files = drawn.finish();
  ASSERT_FALSE(files);
  EXPECT_THAT(files.error().message, HasSubstr("missing"));
}

}  // namespace
}  // namespace vat::media

#include <cstring>

#include "media/length_bound.h"
#include "media/media.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kHour = 3600LL * kRecognitionRate;

std::string number_bytes(std::uint32_t value, bool big_endian) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (big_endian ? 24 - 8 * i : 8 * i));
  return bytes;
}

/// The file, with the first occurrence of some bytes replaced by as many others.
std::string patched(std::string bytes, const std::string& from, const std::string& to) {
  const std::size_t at = bytes.find(from);
  EXPECT_NE(at, std::string::npos);
  EXPECT_EQ(from.size(), to.size());
  return at == std::string::npos ? bytes : bytes.replace(at, from.size(), to);
}

TEST_F(MediaTest, AnImpossiblePictureIsRefused) {
  const auto video = make(
      "a.avi", {.container = "avi", .sound = {SoundSpec{.encoder = "pcm_s16le"}}, .picture = PictureSpec{}});
  // BITMAPINFOHEADER: its size, the width and the height.
  const std::string header = number_bytes(40, false);
  const auto file = put("b.avi", patched(bytes_of(video), header + number_bytes(160, false),
                                         header + number_bytes(1'000'000, false)));
  const auto info = media_in_process().probe(file, {});
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::kBadMedia);
  EXPECT_THAT(info.error().message, HasSubstr("1000000 by 120 pixels"));
  EXPECT_TRUE(media_in_process().probe(video, {}));
}

TEST_F(MediaTest, AnImpossibleSampleRateIsRefused) {
  const auto sound = make("a.wav", {.container = "wav"});
  const auto file =
      put("b.wav", patched(bytes_of(sound), number_bytes(48'000, false), number_bytes(400'000'000, false)));
  const auto reader = media_in_process().open(file, {});
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kBadMedia);
  EXPECT_THAT(reader.error().message, HasSubstr("400000000 Hz"));
}

TEST(LengthBound, AFileSoundsNoLongerThanItsSizeAllows) {
  EXPECT_TRUE(check_length(24 * kHour, 10, "a"));
  const auto longer = check_length(24 * kHour + 1, 10, "a.ogg");
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, ErrorCode::kBadMedia);
  EXPECT_EQ(longer.error().message,
            "a.ogg goes on for more than 24 hours, which no recording of its size does.");
  EXPECT_TRUE(check_length(100 * kHour, 100LL * 3600 * 16, "a"));
  EXPECT_TRUE(check_length(999 * kHour, INT64_MAX, "a"));
  EXPECT_FALSE(check_length(1001 * kHour, INT64_MAX, "a"));
}

TEST(LengthBound, APipeMayGoOn) { EXPECT_TRUE(check_length(1'000'000 * kHour, std::nullopt, "a")); }

/// A box of ISO/IEC 14496-12.
std::string box(const std::string& type, const std::string& content) {
  return number_bytes(static_cast<std::uint32_t>(content.size() + 8), true) + type + content;
}

/// An entry of QuickTime's "dref" that names another file by its path.
std::string alias_to(const std::string& path) {
  std::string alias(150, '\0');
  alias[9] = 4;  // A volume's name follows its length.
  alias.replace(10, 4, "disk");
  alias[50] = 5;
  alias.replace(51, 5, "a.wav");
  alias[131] = 1;  // From here to there: up once, down once.
  alias[133] = 1;
  const auto length = static_cast<char>(path.size());
  alias += std::string("\0\x02\0", 3) + length + path + (path.size() % 2 == 0 ? "" : std::string(1, '\0'));
  alias += std::string("\xff\xff\0\0", 4);
  return box("alis", std::string(4, '\0') + alias);
}

/// The movie, whose first track's data are said to be in another file. Its index must come last.
std::string with_reference(std::string bytes, const std::string& entry) {
  const std::size_t dref = bytes.find("dref") - 4;
  const std::string old = bytes.substr(dref, 28);
  const std::string changed = box("dref", std::string("\0\0\0\0\0\0\0\x01", 8) + entry);
  const auto grown = static_cast<std::uint32_t>(changed.size() - old.size());
  bytes.replace(dref, old.size(), changed);
  for (const char* parent : {"dinf", "minf", "mdia", "trak", "moov"}) {
    const std::size_t at = bytes.rfind(parent, dref) - 4;
    std::uint32_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8U | static_cast<unsigned char>(bytes[at + i]);
    bytes.replace(at, 4, number_bytes(size + grown, true));
  }
  return bytes;
}

TEST_F(MediaTest, AMovieWhoseSoundIsInAnotherFileIsNotReadFromThere) {
  const auto target = make("a.wav", {.container = "wav", .seconds = 2});
  const auto movie =
      make("a.mov", {.container = "mov", .seconds = 2, .sound = {SoundSpec{.encoder = "pcm_s16le"}}});
  const auto file = put("b.mov", with_reference(bytes_of(movie), alias_to(target.string())));
  const auto reader = media_in_process().open(file, {});
  ASSERT_FALSE(reader);
  EXPECT_TRUE(reader.error().code == ErrorCode::kBadMedia || reader.error().code == ErrorCode::kNoAudio);
  // The same reference to itself is no obstacle.
  EXPECT_TRUE(media_in_process().open(
      put("c.mov", with_reference(bytes_of(movie), box("url ", std::string("\0\0\0\x01", 4)))), {}));
}

}  // namespace
}  // namespace vat::media::testing

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <thread>

#include "media/audio_reader.h"
#include "media/testing/ffmpeg_program.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Gives every page of an Ogg file another serial number (RFC 3533, section 6).
std::string with_serial(std::string ogg, char serial) {
  constexpr std::size_t kSerial = 14;
  constexpr std::size_t kChecksum = 22;
  constexpr std::size_t kSegments = 26;
  for (std::size_t page = 0; page + kSegments < ogg.size();) {
    const auto segments = static_cast<std::uint8_t>(ogg[page + kSegments]);
    std::size_t size = kSegments + 1 + segments;
    for (std::size_t i = 0; i < segments; ++i)
      size += static_cast<std::uint8_t>(ogg[page + kSegments + 1 + i]);
    ogg[page + kSerial] = serial;
    ogg.replace(page + kChecksum, 4, 4, '\0');
    std::uint32_t checksum = 0;
    for (std::size_t i = page; i < page + size; ++i) {
      checksum ^= static_cast<std::uint32_t>(static_cast<std::uint8_t>(ogg[i])) << 24U;
      for (int bit = 0; bit < 8; ++bit)
        checksum = (checksum << 1U) ^ ((checksum >> 31U) != 0 ? 0x04C11DB7U : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) ogg[page + kChecksum + i] = static_cast<char>(checksum >> (8 * i));
    page += size;
  }
  return ogg;
}

/// Through a pipe, in pieces of uneven sizes.
Result<DecodedAudio> decode_piped(const std::string& bytes) {
  VAT_ASSIGN(auto ends, make_pipe());
  const std::jthread feeder([&] {
    std::size_t size = 1;
    for (std::size_t at = 0; at < bytes.size(); at += size, size = 1 + size * 7 % 5000)
      EXPECT_TRUE(write_all(ends.write_end.get(), std::string_view(bytes).substr(at, size), "the pipe"));
    ends.write_end.reset();
  });
  VAT_ASSIGN(const auto reader, AudioReader::open_stream(ends.read_end.get(), "a pipe", {}));
  return decode_all(*reader);
}

/// Expects two parts of two seconds, each with a beep after one and a half.
void expect_both(const DecodedAudio& decoded, const std::string& what) {
  EXPECT_NEAR(decoded.seconds(), 4.0, 0.2) << what;
  EXPECT_NEAR(first_loud(decoded), 1.5, 0.06) << what;
  DecodedAudio second = decoded;
  second.samples.erase(second.samples.begin(),
                       second.samples.begin() + static_cast<std::ptrdiff_t>(2.2 * kRecognitionRate));
  EXPECT_NEAR(first_loud(second) + 2.2, 3.5, 0.15) << what;
  EXPECT_THAT(decoded.warnings, IsEmpty()) << what;
}

struct Change {
  const char* name;
  const char* container;
  const char* encoder;
  int rates[2];
};
void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

class EveryChange : public MediaTest, public ::testing::WithParamInterface<Change> {
 protected:
  std::string part(int index) {
    const Change& change = GetParam();
    MediaSpec spec{.container = change.container, .seconds = 2};
    spec.sound = {SoundSpec{.encoder = change.encoder,
                            .sample_rate = change.rates[index],
                            .channels = index == 0 ? 2 : 1,
                            .signal = beep_at(1.5)}};
    return bytes_of(make("part", spec));
  }
};

TEST_P(EveryChange, LosesNothingAndAddsNothing) {
  const std::string first = part(0);
  const std::string second = part(1);
  for (const std::string& joined : {first + second, second + first}) {
    const auto decoded = decode_all(put("joined", joined));
    ASSERT_TRUE(decoded) << decoded.error().message;
    expect_both(*decoded, "joined");
    const auto piped = decode_piped(joined);
    ASSERT_TRUE(piped) << piped.error().message;
    expect_both(*piped, "piped");
  }
  if (GetParam().container != std::string("ogg")) return;
  const auto decoded = decode_all(put("chained", first + with_serial(second, '\x11')));
  ASSERT_TRUE(decoded) << decoded.error().message;
  expect_both(*decoded, "another serial number");
  const auto damaged =
      decode_all(put("damaged", first + std::string(3000, '\x55') + with_serial(second, '\x11')));
  ASSERT_TRUE(damaged) << damaged.error().message;
  expect_both(*damaged, "bytes of something else between the links");
}

constexpr Change kChanges[] = {
    {"aac", "adts", "aac", {44'100, 22'050}},         {"ac3", "ac3", "ac3", {48'000, 32'000}},
    {"vorbis", "ogg", "libvorbis", {44'100, 22'050}}, {"vorbis_48k", "ogg", "libvorbis", {48'000, 48'000}},
    {"opus", "ogg", "libopus", {48'000, 48'000}},     {"ogg_flac", "ogg", "flac", {44'100, 22'050}},
    {"flac", "flac", "flac", {44'100, 22'050}},       {"flac_48k", "flac", "flac", {48'000, 48'000}},
};
INSTANTIATE_TEST_SUITE_P(Streams, EveryChange, ::testing::ValuesIn(kChanges),
                         [](const auto& change) { return std::string(change.param.name); });

struct Codecs {
  const char* name;
  const char* container;
  const char* encoders[2];
};
void PrintTo(const Codecs& codecs, std::ostream* out) { *out << codecs.name; }

class EveryCodecChange : public MediaTest, public ::testing::WithParamInterface<Codecs> {};

/// Another codec under the same PID, or in the next link of a chained Ogg file.
TEST_P(EveryCodecChange, LosesNothingAndAddsNothing) {
  std::string joined;
  for (int part = 0; part < 2; ++part) {
    MediaSpec spec{.container = GetParam().container, .seconds = 2};
    spec.sound = {SoundSpec{.encoder = GetParam().encoders[part],
                            .start = spec.container == "mpegts" ? 2.0 * part : 0.0,
                            .signal = beep_at(1.5)}};
    joined += bytes_of(make("part", spec));
  }
  const auto decoded = decode_all(put("joined", joined));
  ASSERT_TRUE(decoded) << decoded.error().message;
  expect_both(*decoded, "joined");
  const auto piped = decode_piped(joined);
  ASSERT_TRUE(piped) << piped.error().message;
  expect_both(*piped, "piped");
}

constexpr Codecs kCodecs[] = {
    {"ts_aac_mp2", "mpegts", {"aac", "mp2"}},
    {"ts_mp2_aac", "mpegts", {"mp2", "aac"}},
    {"ts_aac_ac3", "mpegts", {"aac", "ac3"}},
    {"ts_ac3_opus", "mpegts", {"ac3", "libopus"}},
    {"ogg_vorbis_opus", "ogg", {"libvorbis", "libopus"}},
    {"ogg_opus_flac", "ogg", {"libopus", "flac"}},
    {"ogg_flac_vorbis", "ogg", {"flac", "libvorbis"}},
};
INSTANTIATE_TEST_SUITE_P(Streams, EveryCodecChange, ::testing::ValuesIn(kCodecs),
                         [](const auto& codecs) { return std::string(codecs.param.name); });

/// Of three parts, and a last one that is cut off.
TEST_F(MediaTest, TheEndOfTheLastPartIsWatched) {
  for (const char* container : {"flac", "ogg"}) {
    const std::string part = bytes_of(make("part", {.container = container, .seconds = 10}));
    EXPECT_NEAR(decode_all(put("whole", part + part + part))->seconds(), 30.0, 0.1);
    const auto decoded = decode_all(put("cut", part + part + part.substr(0, part.size() / 2)));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_NEAR(decoded->seconds(), 25.0, 1.5) << container;
    if (container == std::string("flac")) {
      ASSERT_FALSE(decoded->warnings.empty());
      EXPECT_THAT(decoded->warnings.back(), HasSubstr(" s of about 30.0 s could be read."));
    }
  }
}

/// A listener who joins a station in the middle gets pages that count from its start.
TEST_F(MediaTest, FlacInOggBeginsWhereItsFirstPageSays) {
  if (!has_ffmpeg_programs()) GTEST_SKIP() << "needs the program ffmpeg";
  const std::string beep =
      "-f lavfi -i 'aevalsrc=0.8*sin(2*PI*1000*t)*between(t\\,0.5\\,0.6):s=48000:d=2.5' ";
  ASSERT_TRUE(ffmpeg(beep + "-c:a flac -output_ts_offset 10 a.oga", path("")));
  const auto alone = decode_all(path("a.oga"));
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_NEAR(alone->seconds(), 2.5, 0.05);
  EXPECT_NEAR(first_loud(*alone), 0.5, 0.03);
  EXPECT_THAT(alone->warnings, IsEmpty());
  ASSERT_TRUE(ffmpeg(
      "-f lavfi -i testsrc=s=160x120:r=25:d=4 -itsoffset 1.25 " + beep + "-c:v libtheora -c:a flac a.ogv",
      path("")));
  const auto late = decode_all(path("a.ogv"));
  ASSERT_TRUE(late) << late.error().message;
  EXPECT_NEAR(late->seconds(), 3.75, 0.1);
  EXPECT_NEAR(first_loud(*late), 1.75, 0.05);
  EXPECT_THAT(late->warnings, IsEmpty());
}

/// A transport stream whose sound goes on under another PID; the same in other containers.
TEST_F(MediaTest, ATrackThatContinuesInAnotherStreamIsFollowed) {
  for (const char* container : {"mpegts", "matroska", "mp4"}) {
    MediaSpec spec{.container = container, .seconds = 8, .picture = PictureSpec{}};
    spec.sound = {SoundSpec{.signal = beep_at(1.0), .lost_from = 4, .lost_to = 100},
                  SoundSpec{.start = 4, .signal = beep_at(3.0)}};
    const auto decoded = decode_all(make("goes on", spec));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_NEAR(decoded->seconds(), 12.0, 0.2) << container;
    EXPECT_GT(amplitude_at(*decoded, 1000, 1.02, 1.08), 0.3) << container;
    EXPECT_GT(amplitude_at(*decoded, 1000, 7.03, 7.08), 0.3) << container;
    EXPECT_THAT(decoded->warnings, IsEmpty()) << container;
    // One that is asked for is that one alone.
    EXPECT_NEAR(decode_all(path("goes on"), 1)->seconds(), 4.0, 0.2) << container;
  }
}

/// Too short to take over before the end of the file, and without lengths of packets.
TEST_F(MediaTest, AShortContinuationIsFollowedAtTheEnd) {
  for (const char* encoder : {"aac", "mp2", "ac3"}) {
    MediaSpec spec{.container = "mpegts", .seconds = 2.5};
    spec.sound = {SoundSpec{.encoder = encoder, .signal = beep_at(1.0)},
                  SoundSpec{.encoder = encoder, .start = 2.5, .signal = beep_at(1.0)}};
    const auto decoded = decode_all(make("a.ts", spec));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_NEAR(decoded->seconds(), 5.0, 0.2) << encoder;
    EXPECT_GT(amplitude_at(*decoded, 1000, 3.53, 3.58), 0.3) << encoder;
  }
}

TEST_F(MediaTest, ATrackThatGoesAndComesBackIsFollowed) {
  for (const char* container : {"mpegts", "matroska"}) {
    MediaSpec spec{.container = container, .seconds = 15, .picture = PictureSpec{}};
    spec.sound = {SoundSpec{.signal = beep_at(13.0), .lost_from = 5, .lost_to = 10},
                  SoundSpec{.start = 5, .signal = beep_at(2.0), .lost_from = 5, .lost_to = 100}};
    const auto decoded = decode_all(make("comes back", spec));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_NEAR(decoded->seconds(), 15.0, 0.2) << container;
    EXPECT_NEAR(first_loud(*decoded), 7.0, 0.06) << container;
    EXPECT_GT(amplitude_at(*decoded, 1000, 13.03, 13.07), 0.2) << container;
  }
}

TEST_F(MediaTest, ATrackInParallelStaysOutAndIsTold) {
  for (const char* container : {"mpegts", "matroska", "mp4"}) {
    MediaSpec spec{.container = container, .seconds = 12, .picture = PictureSpec{}};
    spec.sound = {SoundSpec{.signal = tone(300), .lost_from = 5, .lost_to = 100},
                  SoundSpec{.signal = tone(900)}};
    const auto decoded = decode_all(make("two", spec));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_NEAR(decoded->seconds(), 5.0, 0.2) << container;
    EXPECT_LT(amplitude_at(*decoded, 900, 0.5, 4.5), 0.01) << container;
    if (container == std::string("mpegts")) {
      ASSERT_EQ(decoded->warnings.size(), 1U);
      EXPECT_THAT(decoded->warnings[0], HasSubstr("track 1 ends before audio track 2"));
    }
  }
}

TEST_F(MediaTest, ASilentTrackBesideOthersIsTold) {
  const Signal silence = [](double, int) { return 0.0F; };
  MediaSpec spec{.container = "matroska", .seconds = 3};
  spec.sound = {SoundSpec{.encoder = "flac", .signal = silence}, SoundSpec{.encoder = "flac"}};
  const auto decoded = decode_all(make("a.mkv", spec));
  ASSERT_TRUE(decoded) << decoded.error().message;
  ASSERT_EQ(decoded->warnings.size(), 1U);
  EXPECT_THAT(decoded->warnings[0], HasSubstr("Audio track 1 is silent"));
  EXPECT_THAT(decode_all(path("a.mkv"), 2)->warnings, IsEmpty());
}

}  // namespace
}  // namespace vat::media::testing

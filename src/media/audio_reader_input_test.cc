#include <fcntl.h>
#ifdef __linux__
#include <sys/fsuid.h>
#endif
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <future>
#include <thread>

#include "media/audio_reader.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

Error open_error(const std::filesystem::path& path) {
  const auto reader = AudioReader::open(path, {});
  EXPECT_FALSE(reader) << path;
  return reader ? Error{} : reader.error();
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    reader = UniqueFd(ends[0]);
    writer = UniqueFd(ends[1]);
  }
  /// Writes the bytes and closes the writer, on a thread of its own. Both must outlive it.
  [[nodiscard]] std::jthread feed(const std::string& bytes) {
    return std::jthread([&] {
      EXPECT_TRUE(write_all(writer.get(), bytes, "the pipe"));
      writer.reset();
    });
  }
  UniqueFd reader;
  UniqueFd writer;
};

/// What is spoken now is not held back until more has been said.
TEST_F(MediaTest, SoundComesOutOfAPipeAsItIsWritten) {
  MediaSpec spec{.container = "wav", .seconds = 60};
  spec.sound = {SoundSpec{.sample_rate = 16'000, .channels = 1}};
  const std::string bytes = bytes_of(make("a.wav", spec));
  Pipe pipe;
  std::promise<std::size_t> count;
  std::jthread listener([&] {
    auto reader = AudioReader::open_stream(pipe.reader.get(), "a pipe", {}).value();
    std::vector<float> samples(2 * kRecognitionRate);
    count.set_value(reader->read(samples).value());
    while (reader->read(samples).value_or(0) > 0) {
    }
  });
  // libavformat looks at 64 KiB of a WAV file, 2 s of this one, before it delivers anything.
  constexpr std::size_t kSevenSeconds = 7UL * 2 * 16'000;
  ASSERT_TRUE(write_all(pipe.writer.get(), bytes.substr(0, kSevenSeconds), "the pipe"));
  auto came = count.get_future();
  EXPECT_EQ(came.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  pipe.writer.reset();
  EXPECT_EQ(came.get(), 2U * kRecognitionRate);
}

TEST_F(MediaTest, AMissingFileIsNamed) {
  const Error error = open_error(path("nothing.mp4"));
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("nothing.mp4"));
}

TEST_F(MediaTest, AFolderIsNoRecording) {
  const Error error = open_error(path("."));
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(error.message, HasSubstr("is a folder"));
}

TEST_F(MediaTest, AFileThatMayNotBeReadIsSaidSo) {
  const auto file = make("a.wav", {.container = "wav"});
  ASSERT_EQ(::chmod(file.c_str(), 0), 0);
#ifdef __linux__
  // Root may read everything, so this thread temporarily accesses the file system as nobody (setfsuid(2)).
  constexpr uid_t kNobody = 65'534;
  const auto before = static_cast<uid_t>(::geteuid() == 0 ? ::setfsuid(kNobody) : ::geteuid());
#endif
  const Error error = open_error(file);
#ifdef __linux__
  ::setfsuid(before);
#endif
  EXPECT_EQ(error.code, ErrorCode::kPermission);
  EXPECT_THAT(error.message, HasSubstr("a.wav"));
}

TEST_F(MediaTest, AnEmptyFileIsSaidToBeEmpty) {
  const Error error = open_error(put("a.mp4", ""));
  EXPECT_EQ(error.code, ErrorCode::kBadMedia);
  EXPECT_THAT(error.message, HasSubstr("empty (0 bytes)"));
}

TEST_F(MediaTest, TextUnderAMediaNameIsNoRecording) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "It was the best of times, it was the worst of times.\n";
  for (const std::string& content : {std::string("hello"), text}) {
    const Error error = open_error(put("a.mp4", content));
    EXPECT_EQ(error.code, ErrorCode::kBadMedia);
    EXPECT_THAT(error.message, HasSubstr("a.mp4 is not an audio or video file"));
  }
}

TEST_F(MediaTest, APictureIsNoRecording) {
  ASSERT_TRUE(write_picture(path("a.mp3")));
  const Error error = open_error(path("a.mp3"));
  EXPECT_EQ(error.code, ErrorCode::kBadMedia);
  EXPECT_THAT(error.message, HasSubstr("is a picture"));
}

TEST_F(MediaTest, AVideoWithoutSoundIsSaidToHaveNone) {
  for (const char* container : {"mp4", "matroska", "avi", "mpegts"}) {
    const auto file = make("silent", {.container = container, .sound = {}, .picture = PictureSpec{}});
    const Error error = open_error(file);
    EXPECT_EQ(error.code, ErrorCode::kNoAudio) << container;
    EXPECT_THAT(error.message, HasSubstr("has no audio track"));
  }
}

/// A list names other files or addresses; opening them would let an upload read the server's own.
TEST_F(MediaTest, APlaylistOpensNothing) {
  const std::string target = make("target.wav", {.container = "wav"}).string();
  const std::string hls = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n" + target + "\n#EXT-X-ENDLIST\n";
  const std::string concat = "ffconcat version 1.0\nfile '" + target + "'\n";
  const std::string sdp =
      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n";
  const std::string dash =
      "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
      "profiles=\"urn:mpeg:dash:profile:isoff-on-"
      "demand:2011\"><Period><AdaptationSet><Representation id=\"1\"><BaseURL>" +
      target + "</BaseURL></Representation></AdaptationSet></Period></MPD>";
  for (const std::string& list : {hls, concat, sdp, dash}) {
    const Error error = open_error(put("list.mp4", list));
    EXPECT_EQ(error.code, ErrorCode::kBadMedia) << list;
    EXPECT_THAT(error.message, AnyOf(HasSubstr("playlist"), HasSubstr("is not an audio or video file")))
        << list;
  }
}

TEST_F(MediaTest, AnMp4WithoutItsIndexIsSaidToBeCutOff) {
  const Error error = open_error(cut(make("a.mp4", {.container = "mp4", .seconds = 5}), 0.5));
  EXPECT_EQ(error.code, ErrorCode::kBadMedia);
  EXPECT_THAT(error.message, HasSubstr("index is missing"));
}

TEST_F(MediaTest, WhatIsLeftOfACutFileIsReadAndTheLossIsTold) {
  const struct {
    const char* container;
    const char* encoder;
  } kinds[] = {{"matroska", "aac"},   {"flac", "flac"},     {"wav", "pcm_s16le"},
               {"mp3", "libmp3lame"}, {"avi", "pcm_s16le"}, {"webm", "libopus"}};
  for (const auto& kind : kinds) {
    MediaSpec spec{.container = kind.container, .seconds = 20};
    spec.sound = {SoundSpec{.encoder = kind.encoder}};
    if (kind.container == std::string("avi")) spec.picture = PictureSpec{};
    const auto decoded = decode_all(cut(make("whole", spec), 0.5));
    ASSERT_TRUE(decoded) << kind.container << ": " << decoded.error().message;
    EXPECT_NEAR(decoded->seconds(), 10.0, 1.5) << kind.container;
    EXPECT_GT(amplitude_at(*decoded, 440, 1, 8), 0.3) << kind.container;
    ASSERT_FALSE(decoded->warnings.empty()) << kind.container;
    EXPECT_THAT(decoded->warnings.back(), HasSubstr("The file ends early: ")) << kind.container;
    EXPECT_THAT(decoded->warnings.back(), HasSubstr(" s of about 20.0 s could be read.")) << kind.container;
  }
}

TEST_F(MediaTest, WhatIsLeftOfACutStreamThatDoesNotSayItsLengthIsRead) {
  const struct {
    const char* container;
    const char* encoder;
    bool index_first;
  } kinds[] = {
      {"mp4", "aac", true}, {"mpegts", "aac", false}, {"ogg", "libvorbis", false}, {"adts", "aac", false}};
  for (const auto& kind : kinds) {
    MediaSpec spec{.container = kind.container, .seconds = 20, .index_first = kind.index_first};
    spec.sound = {SoundSpec{.encoder = kind.encoder}};
    const auto decoded = decode_all(cut(make("whole", spec), 0.5));
    ASSERT_TRUE(decoded) << kind.container << ": " << decoded.error().message;
    EXPECT_NEAR(decoded->seconds(), 10.0, 1.5) << kind.container;
    EXPECT_GT(amplitude_at(*decoded, 440, 1, 8), 0.3) << kind.container;
  }
}

TEST_F(MediaTest, DamageInTheMiddleIsSkippedAndCounted) {
  MediaSpec spec{.container = "matroska", .seconds = 20, .picture = PictureSpec{}};
  spec.sound = {SoundSpec{.encoder = "flac", .channels = 1, .signal = beep_at(18.0)}};
  std::string bytes = bytes_of(make("a.mkv", spec));
  for (std::size_t i = bytes.size() / 3; i < bytes.size() / 3 + 20'000; ++i)
    bytes[i] = static_cast<char>(i * 31);
  const auto decoded = decode_all(put("b.mkv", bytes));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_NEAR(decoded->seconds(), 20.0, 0.5);
  EXPECT_NEAR(first_loud(*decoded), 18.0, 0.05);
}

TEST_F(MediaTest, TheTrackThatWasAskedForIsRead) {
  MediaSpec spec{.container = "matroska", .picture = PictureSpec{}};
  spec.sound = {SoundSpec{.signal = tone(300), .language = "eng"},
                SoundSpec{.signal = tone(600), .language = "deu", .is_default = true},
                SoundSpec{.signal = tone(900), .language = "fra"}};
  const auto file = make("three.mkv", spec);
  const double frequencies[] = {600, 300, 600, 900};
  for (int track = 0; track <= 3; ++track) {
    const auto decoded = decode_all(file, track);
    ASSERT_TRUE(decoded);
    EXPECT_GT(amplitude_at(*decoded, frequencies[track], 0.5, 1.5), 0.3) << track;
  }
  const auto missing = decode_all(file, 4);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNoAudio);
  EXPECT_THAT(missing.error().message, HasSubstr("has 3 audio tracks; there is no track 4"));
  EXPECT_EQ(decode_all(file, -1).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(MediaTest, APipeGivesWhatTheFileGives) {
  for (const char* container : {"matroska", "wav", "mpegts", "ogg", "flac", "mp4"}) {
    MediaSpec spec{.container = container, .seconds = 5};
    spec.sound = {SoundSpec{.signal = beep_at(3.0)}};
    const auto file = make("a", spec);
    const std::string bytes = bytes_of(file);
    Pipe pipe;
    const std::jthread feeder = pipe.feed(bytes);
    const auto reader = AudioReader::open_stream(pipe.reader.get(), "standard input", {});
    ASSERT_TRUE(reader) << container << ": " << reader.error().message;
    const auto decoded = decode_all(**reader);
    ASSERT_TRUE(decoded);
    EXPECT_NEAR(first_loud(*decoded), 3.0, 0.025) << container;
    EXPECT_EQ(decoded->samples.size(), decode_all(file)->samples.size()) << container;
  }
}

TEST_F(MediaTest, APipedMp4WithItsIndexInFrontIsReadAsItComes) {
  MediaSpec spec{.container = "mp4", .seconds = 5, .index_first = true};
  spec.sound = {SoundSpec{.signal = beep_at(3.0)}};
  const std::string bytes = bytes_of(make("a", spec));
  Pipe pipe;
  const std::jthread feeder = pipe.feed(bytes);
  const auto reader = AudioReader::open_stream(pipe.reader.get(), "standard input", {});
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_NEAR(first_loud(decode_all(**reader).value()), 3.0, 0.03);
}

TEST_F(MediaTest, AnEmptyPipeIsSaidToBeEmpty) {
  Pipe pipe;
  pipe.writer.reset();
  const auto reader = AudioReader::open_stream(pipe.reader.get(), "standard input", {});
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kBadMedia);
  EXPECT_THAT(reader.error().message, HasSubstr("standard input is empty"));
}

TEST_F(MediaTest, AStopRequestEndsTheWaitForAPipe) {
  Pipe pipe;
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  const auto reader =
      AudioReader::open_stream(pipe.reader.get(), "standard input", {.stop = stop.get_token()});
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kCancelled);
}

TEST_F(MediaTest, AStopRequestEndsTheReading) {
  std::stop_source stop;
  const auto reader =
      AudioReader::open(make("a.wav", {.container = "wav", .seconds = 120}), {.stop = stop.get_token()});
  ASSERT_TRUE(reader);
  stop.request_stop();
  const auto decoded = decode_all(**reader);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::kCancelled);
}

/// The stated length of 13 hours is wrong; the actual content counts, and nothing is reported as lost.
TEST_F(MediaTest, AWaveFileWrittenToAPipeHasNoLength) {
  std::string bytes = bytes_of(make("a.wav", {.container = "wav", .seconds = 3}));
  for (const std::size_t at : {std::size_t{4}, bytes.find("data") + 4})
    bytes.replace(at, 4, "\xFF\xFF\xFF\xFF");
  const auto decoded = decode_all(put("b.wav", bytes));
  ASSERT_TRUE(decoded);
  EXPECT_NEAR(decoded->seconds(), 3.0, 0.01);
  EXPECT_TRUE(decoded->warnings.empty()) << decoded->warnings.front();
}

/// Resident memory of this process in bytes.
std::size_t resident() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  file >> pages >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST_F(MediaTest, MemoryDoesNotGrowWithTheLength) {
  if (!std::ifstream("/proc/self/statm")) GTEST_SKIP() << "needs /proc";
#ifdef VAT_SANITIZED
  GTEST_SKIP() << "sanitizers keep freed memory";
#endif
  MediaSpec spec{.container = "wav", .seconds = 1200};
  spec.sound = {SoundSpec{.sample_rate = 16'000, .channels = 1, .signal = [](double, int) { return 0.3F; }}};
  const auto reader = AudioReader::open(make("long.wav", spec), {});
  ASSERT_TRUE(reader);
  std::vector<float> block(16'000);
  ASSERT_TRUE((*reader)->read(block));
  const std::size_t before = resident();
  std::size_t total = 0;
  while (const std::size_t count = (*reader)->read(block).value()) total += count;
  EXPECT_GT(total, 19'000'000U);
  // The whole audio would be 77 MB.
  EXPECT_LT(resident(), before + 16'000'000);
}

}  // namespace
}  // namespace vat::media::testing

#include "media/sandboxed_media.h"

#include <signal.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <thread>

#include "base/fork_server.h"
#include "base/pause.h"
#include "base/sandbox.h"
#include "media/helper.h"
#include "media/helper_messages.h"
#include "media/sample_ring.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kRealHelper = "VAT_TEST_REAL_HELPER";
constexpr const char* kHostileHelper = "VAT_TEST_HOSTILE_HELPER";
constexpr std::size_t kMaxRequestBytes = 1U << 20U;
constexpr std::string_view kCues = "1\n00:00:00,500 --> 00:00:01,500\nGood morning.\n\n";

/// A decoder that a file has taken over: it does what the recording's name says.
int hostile_task(Channel channel) {
  const auto request = channel.receive(kMaxRequestBytes);
  const std::string name = request_of((*request)->bytes).value().names[0];
  const std::vector<UniqueFd>& files = (*request)->files;
  if (!enter_sandbox({.memory_bytes = 64U << 20U})) return 99;
  const auto says = [&](std::string_view word) { return name.find(word) != std::string::npos; };
  const auto send = [&](HelperReply kind, MessageWriter content = {}) {
    return channel.send(to_message(kind, std::move(content))).has_value();
  };
  if (says("crash")) ::raise(SIGSEGV);
  if (says("abort")) std::abort();
  if (says("killed")) ::_exit(::kill(::getpid(), SIGKILL));
  if (says("sleep")) (void)pause(std::chrono::minutes(1), {});
  if (says("silent")) return 0;
  if (says("forged")) {
    MessageWriter pictures;
    pictures.text("\xff\xd8\xff").text("<script>").number(0);
    return send(HelperReply::kPictures, std::move(pictures)) ? 0 : 1;
  }
  if (says("stretched")) {
    Filmstrip strip{.sheet = "\xff\xd8\xff", .interval = Millis(1), .frames = 1'000'000'000, .columns = 1};
    const std::string jpeg = strip.sheet;
    return send(HelperReply::kPictures, pack(Pictures{.small = jpeg, .large = jpeg, .filmstrip = strip})) ? 0
                                                                                                          : 1;
  }
  if (says("nonsense")) return channel.send("?????????") ? 0 : 1;
  if (says("long")) return channel.send(std::string(8U << 20U, 'S')) ? 0 : 1;
  if (says("path")) {
    MessageWriter text;
    text.text("../../etc/passwd");
    return send(HelperReply::kText, std::move(text)) ? 0 : 1;
  }
  MessageWriter length;
  length.number(says("eternal") ? std::numeric_limits<std::int64_t>::max() : 1000);
  (void)send(HelperReply::kOpened, std::move(length));
  auto samples = SampleWriter::open(channel, files.back().get());
  if (!samples) return 98;
  const auto slots = [&](std::int64_t count) {
    MessageWriter content;
    content.number(count);
    if (says("odd")) content.number(0);
    return send(HelperReply::kSamples, std::move(content));
  };
  if (says("slots"))
    return slots(says("negative") ? -1
                 : says("none")   ? 0
                                  : static_cast<std::int64_t>(kSlotSamples) + 1)
               ? 0
               : 1;
  constexpr float kSent[] = {NAN, INFINITY, -INFINITY, 1e30F, 0.25F};
  const std::span<float> slot = samples->slot().value();
  std::copy(std::begin(kSent), std::end(kSent), slot.begin());
  // It does not wait until slots are free.
  do {
    if (!slots(says("endless") ? kSlotSamples : std::size(kSent))) return 0;
  } while (says("endless") || says("deaf"));
  if (says("late")) ::raise(SIGSEGV);
  MessageWriter warnings;
  warnings.number(says("many") ? 1'000'000'000 : 0);
  return send(HelperReply::kEnd, std::move(warnings)) ? 0 : 1;
}

/// This test program is its own helper.
const bool kIsHelper = [] {
  // NOLINTBEGIN(concurrency-mt-unsafe): before any thread
  if (std::getenv(kRealHelper) != nullptr) ::_exit(run_media_helper());
  if (std::getenv(kHostileHelper) == nullptr) return false;
  // NOLINTEND(concurrency-mt-unsafe)
  auto channel = inherit_channel();
  ::_exit(channel ? serve_forks(std::move(*channel), hostile_task) : 99);
}();

class SandboxedMediaTest : public MediaTest {
 protected:
  static std::unique_ptr<Media> with_helper(const char* kind,
                                            std::chrono::milliseconds patience = std::chrono::minutes(10)) {
    ::setenv(kind, "1", 1);  // NOLINT(concurrency-mt-unsafe): the tests' only thread
    return make_sandboxed_media({.helper = {.arguments = {}, .environment = {kind}}, .patience = patience});
  }

  static Result<DecodedAudio> decode(Media& media, const std::filesystem::path& file) {
    VAT_ASSIGN(const auto reader, media.open(file, {}));
    return decode_all(*reader);
  }

  std::unique_ptr<Media> media_ = with_helper(kRealHelper);
};

void expect_same(const Error& sandboxed, const Error& in_process) {
  EXPECT_EQ(sandboxed.code, in_process.code);
  EXPECT_EQ(sandboxed.message, in_process.message);
}

TEST_F(SandboxedMediaTest, ReadsTheSameSamplesAsInProcess) {
  const struct {
    const char* container;
    const char* encoder;
  } kinds[] = {{"wav", "pcm_s16le"}, {"mp3", "libmp3lame"}, {"flac", "flac"},     {"ogg", "libvorbis"},
               {"mp4", "aac"},       {"webm", "libopus"},   {"matroska", "ac3"},  {"mpegts", "mp2"},
               {"avi", "pcm_s16le"}, {"asf", "wmav2"},      {"aiff", "pcm_s16be"}};
  for (const auto& kind : kinds) {
    MediaSpec spec{.container = kind.container, .seconds = 3};
    spec.sound = {SoundSpec{.encoder = kind.encoder, .start = 0.5}};
    const auto file = make(kind.container, spec);
    const auto expected = decode(media_in_process(), file);
    const auto read = decode(*media_, file);
    ASSERT_TRUE(read) << kind.container << ": " << read.error().message << " " << read.error().detail;
    EXPECT_TRUE(read->samples == expected->samples) << kind.container;
    EXPECT_EQ(read->duration, expected->duration) << kind.container;
    EXPECT_EQ(read->warnings, expected->warnings) << kind.container;
  }
}

TEST_F(SandboxedMediaTest, TellsOfDamageAsInProcess) {
  const auto file = cut(make("a.mkv", {.container = "matroska", .seconds = 8}), 0.6);
  const auto read = decode(*media_, file);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->warnings.empty());
  EXPECT_EQ(read->warnings, decode(media_in_process(), file)->warnings);
}

TEST_F(SandboxedMediaTest, ReadsAPipeWhoseIndexComesLast) {
  const auto file = make("a.mp4", {.container = "mp4", .seconds = 3});
  const std::string bytes = bytes_of(file);
  auto pipe = make_pipe().value();
  std::jthread feeder([&] {
    EXPECT_TRUE(write_all(pipe.write_end.get(), bytes, "the pipe"));
    pipe.write_end.reset();
  });
  const auto reader = media_->open_stream(pipe.read_end.get(), "a pipe", {});
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_TRUE(decode_all(**reader)->samples == decode(media_in_process(), file)->samples);
}

TEST_F(SandboxedMediaTest, FailsWithTheSameErrorsAsInProcess) {
  ASSERT_TRUE(write_picture(path("picture.mp3")));
  for (const auto& file : {path("missing.mp4"), path("."), put("empty.mp4", ""), put("text.mp4", "hello"),
                           path("picture.mp3"), put("list.mp4", "ffconcat version 1.0\nfile '/etc/passwd'\n"),
                           make("silent.mp4", {.container = "mp4", .sound = {}, .picture = PictureSpec{}})}) {
    SCOPED_TRACE(file.string());
    expect_same(media_->open(file, {}).error(), media_in_process().open(file, {}).error());
    expect_same(media_->probe(file, {}).error(), media_in_process().probe(file, {}).error());
  }
}

TEST_F(SandboxedMediaTest, ProbesAsInProcess) {
  MediaSpec spec{.container = "matroska", .seconds = 2, .picture = PictureSpec{}};
  spec.sound = {SoundSpec{.encoder = "aac", .language = "deu", .title = "Straße"},
                SoundSpec{.encoder = "ac3", .is_default = true}};
  const auto file = make("a.mkv", spec);
  const MediaInfo info = media_->probe(file, {}).value();
  const MediaInfo expected = media_in_process().probe(file, {}).value();
  EXPECT_EQ(info.container, expected.container);
  EXPECT_EQ(info.duration, expected.duration);
  ASSERT_EQ(info.audio.size(), 2U);
  EXPECT_EQ(info.audio[0].title, "Straße");
  EXPECT_EQ(info.audio[1].codec, "ac3");
  EXPECT_TRUE(info.audio[1].is_default);
  EXPECT_EQ(info.width, 160);
}

TEST_F(SandboxedMediaTest, CopiesADubAsInProcess) {
  const auto original = make("a.mp4", {.container = "mp4", .seconds = 2, .picture = PictureSpec{}});
  const MuxAdditions additions{.audio = make("speech.m4a", {.container = "ipod", .seconds = 2}),
                               .audio_language = "de",
                               .subtitles = put("a.srt", kCues),
                               .subtitles_language = "de"};
  EXPECT_EQ(media_->mux_extension(original, additions).value(), "mp4");
  const auto result = media_->mux(original, additions, path("sandboxed.mp4"), {});
  ASSERT_TRUE(result) << result.error().message << " " << result.error().detail;
  EXPECT_EQ(result->container, "mp4");
  ASSERT_TRUE(media_in_process().mux(original, additions, path("in-process.mp4"), {}));
  EXPECT_EQ(bytes_of(path("sandboxed.mp4")), bytes_of(path("in-process.mp4")));
}

TEST_F(SandboxedMediaTest, MakesTheSamePicturesAsInProcess) {
  for (const char* container : {"mp4", "webm", "mpegts", "wav"}) {
    MediaSpec spec{.container = container, .seconds = 3, .picture = PictureSpec{}};
    if (spec.container == "wav") spec.picture.reset();
    const auto file = make(spec.container, spec);
    const auto sandboxed = media_->pictures(file, {});
    const auto in_process = media_in_process().pictures(file, {});
    ASSERT_TRUE(sandboxed && in_process) << container;
    EXPECT_EQ(sandboxed->none(), spec.container == "wav");
    EXPECT_EQ(sandboxed->small, in_process->small);
    EXPECT_EQ(sandboxed->large, in_process->large);
    ASSERT_EQ(sandboxed->filmstrip.has_value(), in_process->filmstrip.has_value());
    if (!sandboxed->filmstrip) continue;
    EXPECT_EQ(sandboxed->filmstrip->sheet, in_process->filmstrip->sheet);
    EXPECT_EQ(to_json(*sandboxed->filmstrip), to_json(*in_process->filmstrip));
  }
  const auto text = put("text.mp4", "no video");
  expect_same(media_->pictures(text, {}).error(), media_in_process().pictures(text, {}).error());
}

TEST_F(SandboxedMediaTest, AStopEndsAWaitForAPipe) {
  const auto pipe = make_pipe().value();
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  const auto reader =
      media_->open_stream(pipe.read_end.get(), "a pipe", {.track = 0, .stop = stop.get_token()});
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kCancelled);
}

TEST_F(SandboxedMediaTest, RecordingsAreReadSideBySide) {
  const auto file = make("a.flac", {.container = "flac", .seconds = 20});
  const auto expected = decode(media_in_process(), file);
  std::vector<std::jthread> readers;
  for (int i = 0; i < 8; ++i)
    readers.emplace_back([&] { EXPECT_TRUE(decode(*media_, file)->samples == expected->samples); });
}

class HostileDecoder : public SandboxedMediaTest {
 protected:
  Error error_of(const std::string& name) {
    const auto read = decode(*hostile_, put(name, "bytes"));
    EXPECT_FALSE(read) << name;
    return read ? Error{} : read.error();
  }
  std::unique_ptr<Media> hostile_ = with_helper(kHostileHelper);
};

TEST_F(HostileDecoder, ACrashFailsItsRecordingAndNoOther) {
  for (const char* name : {"crash", "abort", "late"}) {
    const Error error = error_of(name);
    EXPECT_EQ(error.code, ErrorCode::kBadMedia) << name;
    EXPECT_FALSE(error.retryable);
    EXPECT_THAT(error.message, HasSubstr("the decoder crashes on it"));
    EXPECT_THAT(error.message, HasSubstr(name));
    EXPECT_FALSE(error.detail.empty());
  }
  EXPECT_TRUE(decode(*hostile_, put("fine", "bytes")));
}

TEST_F(HostileDecoder, WhatTriesToEndAProcessIsEndedItself) {
  const Error error = error_of("killed");
  EXPECT_EQ(error.code, ErrorCode::kBadMedia);
  EXPECT_EQ(error.detail, "signal " + std::to_string(SIGSYS));
}

TEST_F(HostileDecoder, OneThatSleepsIsNotWaitedForLong) {
  const auto media = with_helper(kHostileHelper, std::chrono::milliseconds(300));
  const auto reader = media->open(put("sleep", "bytes"), {});
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kBadMedia);
  EXPECT_THAT(reader.error().message, HasSubstr("takes longer"));
}

TEST_F(HostileDecoder, WhatItSaysIsNotTrusted) {
  for (const char* name : {"silent", "nonsense", "long", "eternal", "odd", "many", "negative slots",
                           "none of the slots", "huge slots"}) {
    const Error error = error_of(name);
    EXPECT_TRUE(error.code == ErrorCode::kBadMedia || error.code == ErrorCode::kLimit) << name;
    EXPECT_FALSE(error.message.empty()) << name;
  }
  EXPECT_EQ(hostile_->mux_extension(put("path", "bytes"), {}).error().code, ErrorCode::kBadMedia);
}

TEST_F(HostileDecoder, WhatIsNoPictureIsNotTakenForOne) {
  for (const char* name : {"forged", "stretched"}) {
    const auto pictures = hostile_->pictures(put(name, "bytes"), {});
    ASSERT_FALSE(pictures) << name;
    EXPECT_EQ(pictures.error().code, ErrorCode::kBadMedia);
    EXPECT_EQ(pictures.error().detail, "an invalid reply");
  }
}

TEST_F(HostileDecoder, SamplesAreWithinTheirRange) {
  const auto read = decode(*hostile_, put("fine", "bytes"));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->samples.size(), 5U);
  for (const float sample : read->samples) EXPECT_TRUE(sample >= -1 && sample <= 1) << sample;
  EXPECT_EQ(read->samples[4], 0.25F);
}

TEST_F(HostileDecoder, AStopEndsAnEndlessOne) {
  std::stop_source stop;
  const auto reader = hostile_->open(put("endless", "bytes"), {.track = 0, .stop = stop.get_token()}).value();
  std::vector<float> block(16'000);
  ASSERT_TRUE(reader->read(block));
  stop.request_stop();
  Result<std::size_t> read = 1;
  while (read && *read > 0) read = reader->read(block);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace vat::media::testing

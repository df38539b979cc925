#include "media/mux.h"

#include "base/hash.h"
#include "media/audio_encoder.h"
#include "media/input.h"
#include "media/probe.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kSubtitles =
    "1\n00:00:00,500 --> 00:00:01,500\nGood <i>morning</i>.\n\n2\n00:00:02,000 --> "
    "00:00:03,000\nTwo\nlines\n\n";

struct TrackOnDisk {
  AVMediaType type;
  std::string codec;
  std::string language;
  std::vector<std::string> payloads;
  std::vector<double> times;
};

std::vector<TrackOnDisk> tracks_of(const std::filesystem::path& path) {
  const auto input = Input::open(path, {}, Input::Codecs::kAll).value();
  std::vector<TrackOnDisk> tracks;
  for (unsigned i = 0; i < input->context()->nb_streams; ++i) {
    const AVStream* stream = input->context()->streams[i];
    const AVDictionaryEntry* language = av_dict_get(stream->metadata, "language", nullptr, 0);
    tracks.push_back({stream->codecpar->codec_type,
                      avcodec_get_name(stream->codecpar->codec_id),
                      language == nullptr ? "" : language->value,
                      {},
                      {}});
  }
  const AvPtr<AVPacket> packet = make_packet();
  while (input->read_packet(packet.get()) >= 0) {
    TrackOnDisk& track = tracks[static_cast<std::size_t>(packet->stream_index)];
    track.payloads.emplace_back(reinterpret_cast<const char*>(packet->data),
                                static_cast<std::size_t>(packet->size));
    track.times.push_back(static_cast<double>(packet->pts) *
                          av_q2d(input->context()->streams[packet->stream_index]->time_base));
    av_packet_unref(packet.get());
  }
  return tracks;
}

class MuxTest : public MediaTest {
 protected:
  std::filesystem::path speech(AudioFormat format) {
    const auto encoder =
        AudioEncoder::create(path("speech"), {.format = format, .sample_rate = 24'000}).value();
    std::vector<float> samples(24'000 * 4);
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = beep_at(3.0)(static_cast<double>(i) / 24'000, 0);
    EXPECT_TRUE(encoder->write(samples));
    EXPECT_TRUE(encoder->finish());
    return path("speech");
  }
  MuxAdditions additions(AudioFormat format) {
    return {.audio = speech(format),
            .audio_language = "de",
            .audio_title = "Dubbed",
            .subtitles = put("a.srt", kSubtitles),
            .subtitles_language = "de",
            .subtitles_title = "Deutsch"};
  }
};

struct Case {
  const char* name;
  const char* original;
  AudioFormat speech;
  const char* container;
  const char* subtitle_codec;
  const char* language = "deu";
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class EveryMux : public MuxTest, public ::testing::WithParamInterface<Case> {};

TEST_P(EveryMux, KeepsTheOriginalAndAddsTheTracks) {
  const Case& c = GetParam();
  MediaSpec spec{.container = c.original, .seconds = 4, .picture = PictureSpec{}};
  spec.sound = {SoundSpec{.signal = beep_at(2.0), .language = "eng"}};
  const auto original = make("original", spec);
  const auto result = mux(original, additions(c.speech), path("result"));
  ASSERT_TRUE(result) << result.error().message << " " << result.error().detail;
  EXPECT_EQ(result->container, c.container);
  if (c.name == std::string_view("webm_with_mp3")) {
    EXPECT_THAT(result->warnings, ElementsAre("The new file is Matroska, because WebM cannot contain mp3."));
  } else {
    EXPECT_THAT(result->warnings, IsEmpty());
  }
  const auto before = tracks_of(original);
  const auto after = tracks_of(path("result"));
  ASSERT_EQ(after.size(), 4U);
  EXPECT_EQ(after[0].type, AVMEDIA_TYPE_VIDEO);
  EXPECT_EQ(after[0].payloads, before[0].payloads) << "the picture is copied byte for byte";
  EXPECT_EQ(after[1].type, AVMEDIA_TYPE_AUDIO);
  EXPECT_EQ(after[1].codec, before[1].codec);
  EXPECT_EQ(after[2].type, AVMEDIA_TYPE_AUDIO);
  EXPECT_EQ(after[2].language, c.language);
  EXPECT_EQ(after[3].type, AVMEDIA_TYPE_SUBTITLE);
  EXPECT_EQ(after[3].codec, c.subtitle_codec);
  EXPECT_EQ(after[3].language, c.language);
  std::string text;
  for (const std::string& payload : after[3].payloads) text += payload;
  EXPECT_THAT(text, HasSubstr("morning"));
  EXPECT_THAT(text, HasSubstr("lines"));
  const auto info = probe(path("result")).value();
  ASSERT_EQ(info.audio.size(), 2U);
  EXPECT_NEAR(first_loud(decode_all(path("result"), 1).value()), first_loud(decode_all(original).value()),
              0.05);
  EXPECT_NEAR(first_loud(decode_all(path("result"), 2).value()), 3.0, 0.05);
  EXPECT_EQ(info.audio[0].is_default, true) << "the original's sound stays the one that plays";
}

constexpr Case kCases[] = {
    {"mp4", "mp4", AudioFormat::kM4a, "mp4", "mov_text"},
    {"mp4_mp3", "mp4", AudioFormat::kMp3, "mp4", "mov_text"},
    {"mov", "mov", AudioFormat::kM4a, "mov", "mov_text", "ger"},
    {"mkv", "matroska", AudioFormat::kOpus, "matroska", "subrip"},
    {"mkv_flac", "matroska", AudioFormat::kFlac, "matroska", "subrip"},
    {"webm", "webm", AudioFormat::kOpus, "webm", "webvtt"},
    {"webm_with_mp3", "webm", AudioFormat::kMp3, "matroska", "subrip"},
    {"avi", "avi", AudioFormat::kMp3, "matroska", "subrip"},
    {"mpegts", "mpegts", AudioFormat::kM4a, "matroska", "subrip"},
};
INSTANTIATE_TEST_SUITE_P(Containers, EveryMux, ::testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST_F(MuxTest, TheExtensionIsTheContainers) {
  const auto mp4 = make("a", {.container = "mp4", .picture = PictureSpec{}});
  const auto avi = make("b", {.container = "avi", .picture = PictureSpec{}});
  EXPECT_EQ(mux_extension(mp4, {.audio = speech(AudioFormat::kM4a)}).value(), "mp4");
  EXPECT_EQ(mux_extension(avi, {.audio = speech(AudioFormat::kM4a)}).value(), "mkv");
}

TEST_F(MuxTest, ASilentVideoGetsItsSound) {
  const auto silent = make("a", {.container = "mp4", .seconds = 4, .sound = {}, .picture = PictureSpec{}});
  ASSERT_TRUE(mux(silent, {.audio = speech(AudioFormat::kM4a)}, path("b")));
  EXPECT_NEAR(first_loud(decode_all(path("b")).value()), 3.0, 0.03);
}

TEST_F(MuxTest, SoundAloneCannotTakeTracks) {
  for (const char* container : {"wav", "mp3"}) {
    const auto result = mux(make("a", {.container = container}), additions(AudioFormat::kM4a), path("b"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(result.error().message, HasSubstr("has no video"));
  }
}

TEST_F(MuxTest, SubtitlesThatAreNoneAreRefused) {
  const auto original = make("a", {.container = "mp4", .picture = PictureSpec{}});
  for (const std::string_view text : {std::string_view(""), std::string_view("not a subtitle file")}) {
    const auto result = mux(original, {.subtitles = put("bad.srt", text)}, path("b"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kBadData);
  }
  EXPECT_EQ(mux(original, {}, path("b")).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace vat::media::testing

#include "media/audio_encoder.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <limits>
#include <thread>

#include "media/loudness.h"
#include "media/probe.h"
#include "media/testing/media_test_fixture.h"

namespace vat::media::testing {
namespace {

/// Audio whose level rises and falls like that of speech: bursts of harmonics with pauses.
std::vector<float> babble(int sample_rate, double seconds, double amplitude) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * sample_rate));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double time = static_cast<double>(i) / sample_rate;
    const double burst =
        std::max(0.0, std::sin(2 * M_PI * 2.5 * time)) * (std::fmod(time, 4.0) < 3.0 ? 1.0 : 0.0);
    double sum = 0;
    for (int harmonic = 1; harmonic <= 12; ++harmonic)
      sum += std::sin(2 * M_PI * 170 * harmonic * time + harmonic) / harmonic;
    samples[i] = static_cast<float>(amplitude * burst * sum / 2);
  }
  return samples;
}

Result<> encode(const std::filesystem::path& path, const EncoderOptions& options,
                std::span<const float> samples) {
  VAT_ASSIGN(const auto encoder, AudioEncoder::create(path, options));
  // Blocks of an odd size, which match no codec's frames.
  while (!samples.empty()) {
    const auto piece = samples.first(std::min<std::size_t>(samples.size(), 777));
    VAT_TRY(encoder->write(piece));
    samples = samples.subspan(piece.size());
  }
  return encoder->finish();
}

Loudness loudness_of(const DecodedAudio& decoded) {
  const auto meter = LoudnessMeter::create(kRecognitionRate).value();
  EXPECT_TRUE(meter->push(decoded.samples));
  return meter->finish().value();
}

constexpr AudioFormat kAll[] = {AudioFormat::kMp3, AudioFormat::kOpus, AudioFormat::kM4a,
                                AudioFormat::kAac, AudioFormat::kFlac, AudioFormat::kWav};

class EveryAudioFormat : public MediaTest, public ::testing::WithParamInterface<AudioFormat> {};

TEST_P(EveryAudioFormat, KeepsTheSoundAtEveryRate) {
  for (const int rate : {8'000, 16'000, 22'050, 24'000, 44'100, 48'000}) {
    std::vector<float> samples(static_cast<std::size_t>(rate) * 5 / 2);
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = tone(700, 0.5)(static_cast<double>(i) / rate, 0);
    const EncoderOptions options{
        .format = GetParam(), .sample_rate = rate, .title = "A talk", .language = "eng"};
    const Result<> encoded = encode(path("a"), options, samples);
    ASSERT_TRUE(encoded) << encoded.error().message << encoded.error().detail;
    const auto decoded = decode_all(path("a"));
    ASSERT_TRUE(decoded) << decoded.error().message;
    // Bare AAC cannot say how much of its beginning and end the codec added.
    EXPECT_NEAR(decoded->seconds(), 2.5, GetParam() == AudioFormat::kAac ? 0.2 : 0.1) << rate;
    EXPECT_NEAR(amplitude_at(*decoded, 700, 0.5, 2.0), 0.5, 0.05) << rate;
  }
}

TEST_P(EveryAudioFormat, ReachesTheLoudnessThatWasAskedFor) {
  for (const double amplitude : {0.02, 0.9}) {
    const EncoderOptions options{.format = GetParam(), .sample_rate = 22'050, .target_lufs = kSpeechLoudness};
    ASSERT_TRUE(encode(path("a"), options, babble(22'050, 20, amplitude)));
    const auto decoded = decode_all(path("a"));
    ASSERT_TRUE(decoded);
    const Loudness loudness = loudness_of(*decoded);
    EXPECT_NEAR(loudness.integrated, kSpeechLoudness, 1.0) << amplitude;
    // Lossy codecs add some peaks of their own.
    const bool lossless = GetParam() == AudioFormat::kFlac || GetParam() == AudioFormat::kWav;
    EXPECT_LE(20 * std::log10(loudness.true_peak), kMaxTruePeak + (lossless ? 0.05 : 1.5)) << amplitude;
  }
}

TEST_P(EveryAudioFormat, GoesThroughAPipe) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const auto samples = babble(24'000, 3, 0.5);
  std::jthread producer([&] {
    const auto encoder = AudioEncoder::create_stream(writer.get(), "standard output",
                                                     {.format = GetParam(), .sample_rate = 24'000});
    EXPECT_TRUE(encoder);
    EXPECT_TRUE((*encoder)->write(samples));
    EXPECT_TRUE((*encoder)->finish());
    writer.reset();
  });
  std::string bytes;
  std::array<char, 4096> block{};
  for (ssize_t count = 0; (count = ::read(reader.get(), block.data(), block.size())) > 0;)
    bytes.append(block.data(), static_cast<std::size_t>(count));
  const auto decoded = decode_all(put("piped", bytes));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_NEAR(decoded->seconds(), 3.0, 0.15);
}

TEST_P(EveryAudioFormat, SilenceAndNothingAtAllMakeAFile) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{48'000}}) {
    const EncoderOptions options{.format = GetParam(), .sample_rate = 24'000, .target_lufs = kSpeechLoudness};
    const Result<> encoded = encode(path("a"), options, std::vector<float>(size));
    EXPECT_TRUE(encoded) << encoded.error().message << encoded.error().detail;
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryAudioFormat, ::testing::ValuesIn(kAll),
                         [](const auto& format) { return std::string(audio_format_name(format.param)); });

TEST_F(MediaTest, AQuietAndALoudVoiceComeOutAlike) {
  std::vector<double> levels;
  for (const double amplitude : {0.01, 0.8}) {
    const EncoderOptions options{.format = AudioFormat::kWav, .sample_rate = 16'000, .target_lufs = -20.0};
    ASSERT_TRUE(encode(path("a"), options, babble(16'000, 15, amplitude)));
    levels.push_back(loudness_of(decode_all(path("a")).value()).integrated);
  }
  EXPECT_NEAR(levels[0], -20.0, 0.3);
  EXPECT_NEAR(levels[1], -20.0, 0.3);
}

TEST_F(MediaTest, ALevelThatWasMeasuredIsCarriedOutAgain) {
  for (const double amplitude : {0.05, 0.9}) {
    EncoderOptions options{.format = AudioFormat::kWav, .sample_rate = 16'000, .target_lufs = -12.0};
    const std::vector<float> samples = babble(16'000, 5, amplitude);
    const auto encoder = AudioEncoder::create(path("a"), options).value();
    ASSERT_TRUE(encoder->write(samples));
    ASSERT_TRUE(encoder->finish());
    ASSERT_TRUE(encoder->level());
    options.level = encoder->level();
    ASSERT_TRUE(encode(path("b"), options, samples));
    EXPECT_TRUE(read_file(path("a"), 1U << 20U).value() == read_file(path("b"), 1U << 20U).value());
    // Of a part, it is the same: nothing is measured.
    ASSERT_TRUE(encode(path("c"), options, std::span(samples).first(16'000)));
    const auto whole = decode_all(path("a"))->samples;
    const auto part = decode_all(path("c"))->samples;
    EXPECT_TRUE(std::equal(part.begin(), part.begin() + 12'000, whole.begin()));
  }
}

/// Single clicks far louder than the quiet speech, and a tone whose peaks lie between its samples: the gain
/// would raise them above full scale.
TEST_F(MediaTest, PeaksAreLimitedAndTheRestIsNot) {
  std::vector<float> samples = babble(16'000, 20, 0.05);
  for (std::size_t i = 8000; i < samples.size(); i += 48'000) samples[i] = 0.9F;
  for (std::size_t i = 24'000; i < 24'040; ++i) samples[i] = i % 4 < 2 ? 0.6F : -0.6F;
  const EncoderOptions options{
      .format = AudioFormat::kFlac, .sample_rate = 16'000, .target_lufs = kSpeechLoudness};
  ASSERT_TRUE(encode(path("a"), options, samples));
  const auto decoded = decode_all(path("a")).value();
  EXPECT_EQ(decoded.samples.size(), samples.size());
  const Loudness loudness = loudness_of(decoded);
  EXPECT_NEAR(loudness.integrated, kSpeechLoudness, 1.0);
  EXPECT_LE(20 * std::log10(loudness.true_peak), kMaxTruePeak + 0.05);
}

TEST_F(MediaTest, SamplesOutOfRangeAreClipped) {
  std::vector<float> samples(16'000, 5.0F);
  samples[100] = std::numeric_limits<float>::quiet_NaN();
  samples[200] = -std::numeric_limits<float>::infinity();
  for (const AudioFormat format : kAll)
    EXPECT_TRUE(encode(path("a"), {.format = format, .sample_rate = 16'000}, samples));
}

TEST_F(MediaTest, ImpossibleOptionsAreRefused) {
  EXPECT_EQ(AudioEncoder::create(path("a"), {.sample_rate = 0}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(AudioEncoder::create(path("a"), {.sample_rate = 16'000, .target_lufs = 5.0}).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(AudioEncoder::create(path("no/such/folder"), {.sample_rate = 16'000}).error().code,
            ErrorCode::kNotFound);
}

/// How ten seconds of silence fail that are written there.
ErrorCode failure_of_writing(int fd) {
  const auto encoder =
      AudioEncoder::create_stream(fd, "a.wav", {.format = AudioFormat::kWav, .sample_rate = 48'000});
  if (!encoder) return encoder.error().code;
  Result<> result = (*encoder)->write(std::vector<float>(480'000));
  if (result) result = (*encoder)->finish();
  return result.error().code;
}

TEST_F(MediaTest, AFullDiskIsSaidSo) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  if (!full) GTEST_SKIP() << "needs /dev/full";
  EXPECT_EQ(failure_of_writing(full.get()), ErrorCode::kDiskFull);
}

TEST_F(MediaTest, AReaderThatWentAwayIsABrokenPipe) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  const UniqueFd writer(ends[1]);
  EXPECT_EQ(failure_of_writing(writer.get()), ErrorCode::kBrokenPipe);
}

TEST(AudioFormatTest, NamesAndEndingsAreKnown) {
  EXPECT_EQ(parse_audio_format("mp3"), AudioFormat::kMp3);
  EXPECT_EQ(parse_audio_format(".OPUS"), AudioFormat::kOpus);
  EXPECT_EQ(parse_audio_format("aac"), AudioFormat::kAac);
  EXPECT_EQ(parse_audio_format(".m4a"), AudioFormat::kM4a);
  EXPECT_EQ(parse_audio_format("xyz"), std::nullopt);
  EXPECT_EQ(parse_audio_format(""), std::nullopt);
  for (const AudioFormat format : kAll) EXPECT_EQ(parse_audio_format(audio_format_name(format)), format);
}

}  // namespace
}  // namespace vat::media::testing

#include "tts/sound.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/base64.h"
#include "tts/testing/speech_servers.h"
#include "tts/wav.h"

namespace vat::tts {
namespace {

Pcm sine(int rate, double seconds, double hertz) {
  Pcm pcm{rate, std::vector<float>(static_cast<std::size_t>(rate * seconds))};
  for (std::size_t i = 0; i < pcm.samples.size(); ++i)
    pcm.samples[i] =
        0.5F * static_cast<float>(std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
  return pcm;
}

/// Hertz, by the rising zero crossings.
double pitch(const Pcm& pcm) {
  int crossings = 0;
  for (std::size_t i = 1; i < pcm.samples.size(); ++i)
    if (pcm.samples[i - 1] < 0 && pcm.samples[i] >= 0) ++crossings;
  return crossings / (static_cast<double>(pcm.samples.size()) / pcm.sample_rate);
}

TEST(SoundTest, ResamplingKeepsLengthAndPitch) {
  for (const int rate : {8'000, 16'000, 22'050, 24'000, 48'000}) {
    const Pcm out = resample(sine(16'000, 0.5, 440), rate).value();
    EXPECT_EQ(out.sample_rate, rate);
    EXPECT_EQ(out.samples.size(), static_cast<std::size_t>(rate / 2));
    EXPECT_NEAR(pitch(out), 440, 5);
  }
}

TEST(SoundTest, TempoChangesLengthAndNotPitch) {
  for (const double factor : {0.5, 0.8, 1.25, 1.6, 2.0, 4.0}) {
    const Pcm out = change_tempo(sine(24'000, 2, 300), factor).value();
    EXPECT_NEAR(static_cast<double>(out.samples.size()), 48'000 / factor, 1500) << factor;
    EXPECT_NEAR(pitch(out), 300, 15) << factor;
  }
}

TEST(SoundTest, SilenceAroundIsCutToTheMargin) {
  Pcm pcm{1000, std::vector<float>(100)};
  pcm.samples.resize(150, 0.5F);
  pcm.samples.resize(400, 0.0F);
  EXPECT_EQ(trim_silence(pcm, Millis(20)).samples.size(), 90U);
  EXPECT_TRUE(trim_silence({1000, std::vector<float>(50)}, Millis(20)).samples.empty());
}

std::string wav_header(std::uint16_t coding, std::uint16_t channels, std::uint16_t bits,
                       std::uint32_t data_size) {
  std::string wav = testing::tone_wav(8000, 0);
  const auto put = [&](std::size_t at, std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i)
      wav[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> (8 * i) & 0xFF);
  };
  put(20, coding, 2);
  put(22, channels, 2);
  put(34, bits, 2);
  put(40, data_size, 4);
  return wav;
}

TEST(WavTest, EverySampleFormatIsRead) {
  using std::string_literals::operator""s;
  EXPECT_EQ(parse_wav(wav_header(1, 1, 8, 2) + "\x80\xC0")->samples, (std::vector<float>{0.0F, 0.5F}));
  EXPECT_EQ(parse_wav(wav_header(1, 1, 16, 4) + "\x00\x40\x00\x80"s)->samples,
            (std::vector<float>{0.5F, -1.0F}));
  EXPECT_EQ(parse_wav(wav_header(1, 1, 24, 3) + "\x00\x00\xC0"s)->samples, (std::vector<float>{-0.5F}));
  EXPECT_EQ(parse_wav(wav_header(1, 1, 32, 4) + "\x00\x00\x00\x40"s)->samples, (std::vector<float>{0.5F}));
  EXPECT_EQ(parse_wav(wav_header(3, 1, 32, 4) + "\x00\x00\x80\xBE"s)->samples, (std::vector<float>{-0.25F}));
  EXPECT_EQ(parse_wav(wav_header(1, 2, 16, 4) + "\x00\x40\x00\x00"s)->samples, (std::vector<float>{0.25F}));
}

TEST(WavTest, AnOpenOrTooLargeSizeMeansTheRest) {
  const std::string samples(20, '\x01');
  for (const std::uint32_t size : {0U, 0xFFFFFFFFU, 0x7FFFFFFFU, 20U})
    EXPECT_EQ(parse_wav(wav_header(1, 1, 16, size) + samples)->samples.size(), 10U) << size;
}

TEST(WavTest, WhatIsNoWavIsRefused) {
  for (const std::string& bytes : {std::string(), std::string("RIFF"), std::string("RIFF\0\0\0\0WAVE", 12),
                                   wav_header(1, 0, 16, 4) + "aaaa", wav_header(7, 1, 8, 4) + "aaaa",
                                   wav_header(3, 1, 16, 4) + "aaaa", std::string("ID3 and so on, an MP3")}) {
    const auto pcm = parse_wav(bytes);
    ASSERT_FALSE(pcm);
    EXPECT_EQ(pcm.error().code, ErrorCode::kBadData);
  }
}

// The test vectors of RFC 4648, section 10.
TEST(Base64Test, PublishedVectors) {
  EXPECT_EQ(base64_decode(""), "");
  EXPECT_EQ(base64_decode("Zg=="), "f");
  EXPECT_EQ(base64_decode("Zm8="), "fo");
  EXPECT_EQ(base64_decode("Zm9vYmFy"), "foobar");
  EXPECT_EQ(base64url_encode("fooba"), "Zm9vYmE");
  EXPECT_EQ(base64url_encode("\xFB\xFF"), "-_8");
  for (const char* const bad : {"Z", "Zg=", "Zm9 ", "====", "Zg==Zg==", "Z\n==", "-_8="})
    EXPECT_FALSE(base64_decode(bad)) << bad;
}

}  // namespace
}  // namespace vat::tts

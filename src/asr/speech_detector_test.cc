#include "asr/speech_detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "asr/testing/flite_speech.h"
#include "base/file.h"

namespace vat::asr {
namespace {

namespace fs = std::filesystem;

const fs::path kData = VAT_TEST_DATA;
const fs::path kSilero = kData / "silero-v6.2.0-ggml.bin";

Pcm noise(Millis length, float decibels) {
  Pcm sound = silence(length);
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0.0F, std::pow(10.0F, decibels / 20));
  for (float& sample : sound.samples) sample = normal(random);
  return sound;
}

/// Noise whose power falls by 3 dB an octave, as that of rooms and machines does (Kellet's filter).
Pcm pink_noise(Millis length, float decibels) {
  Pcm sound = noise(length, decibels);
  float low = 0;
  float middle = 0;
  float high = 0;
  for (float& sample : sound.samples) {
    low = 0.99765F * low + sample * 0.0990460F;
    middle = 0.96300F * middle + sample * 0.2965164F;
    high = 0.57000F * high + sample * 1.0526913F;
    sample = (low + middle + high + sample * 0.1848F) / 3;
  }
  return sound;
}

Pcm tone(Millis length) {
  Pcm sound = silence(length);
  for (std::size_t i = 0; i < sound.samples.size(); ++i)
    sound.samples[i] = 0.1F * std::sin(static_cast<float>(i % 160) * 2 * 3.14159265F * 11 / 160);  // 1100 Hz
  return sound;
}

Pcm read_wav_16k(const fs::path& path) {
  const std::string bytes = read_file(path, 10'000'000).value();
  Pcm sound{kRecognitionRate, {}};
  for (std::size_t at = bytes.find("data") + 8; at + 1 < bytes.size(); at += 2) {
    const auto value = static_cast<std::int16_t>(static_cast<unsigned char>(bytes[at]) |
                                                 static_cast<unsigned char>(bytes[at + 1]) << 8);
    sound.samples.push_back(static_cast<float>(value) / 32768.0F);
  }
  return sound;
}

void mix(Pcm& sound, const Pcm& other) {
  for (std::size_t i = 0; i < sound.samples.size(); ++i)
    sound.samples[i] += other.samples[i % other.samples.size()];
}

class SpeechDetectorTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "silero" && !fs::exists(kSilero)) GTEST_SKIP() << "There is no " << kSilero;
  }

  static std::unique_ptr<SpeechDetector> make() {
    return make_speech_detector(GetParam() == "silero" ? std::optional(kSilero) : std::nullopt).value();
  }

  static std::vector<float> probabilities_of(const Pcm& sound, SpeechDetector& detector) {
    const std::size_t frames = sound.samples.size() / detector.frame_samples();
    std::vector<float> probabilities;
    EXPECT_TRUE(
        detector.detect(std::span(sound.samples).first(frames * detector.frame_samples()), probabilities));
    EXPECT_EQ(probabilities.size(), frames);
    for (const float probability : probabilities) {
      EXPECT_GE(probability, 0);
      EXPECT_LE(probability, 1);
    }
    return probabilities;
  }

  /// For each 10 ms of the sound: whether it is kept when speech begins at 0.4, ends at 0.2 and is padded by
  /// 250 ms.
  static std::vector<bool> kept(const Pcm& sound) {
    const auto detector = make();
    const std::vector<float> probabilities = probabilities_of(sound, *detector);
    const std::size_t padding = 4000;
    std::vector<bool> samples(sound.samples.size(), false);
    bool speech = false;
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      speech = probabilities[i] >= (speech ? 0.2F : 0.4F);
      if (!speech) continue;
      const std::size_t begin = i * detector->frame_samples();
      const std::size_t end = std::min(begin + detector->frame_samples() + padding, samples.size());
      for (std::size_t k = begin - std::min(begin, padding); k < end; ++k) samples[k] = true;
    }
    std::vector<bool> result;
    for (std::size_t at = 0; at + 160 <= samples.size(); at += 160) result.push_back(samples[at + 80]);
    return result;
  }

  static double kept_share(const Pcm& sound) {
    const std::vector<bool> frames = kept(sound);
    return static_cast<double>(std::count(frames.begin(), frames.end(), true)) /
           static_cast<double>(frames.size());
  }
};

/// Share of the sound's 10 ms frames louder than `decibels` that are kept.
double recall(const Pcm& clean, const std::vector<bool>& kept, float decibels) {
  std::size_t loud = 0;
  std::size_t found = 0;
  for (std::size_t frame = 0; frame < kept.size(); ++frame) {
    float power = 0;
    for (std::size_t i = frame * 160; i < (frame + 1) * 160; ++i)
      power += clean.samples[i] * clean.samples[i] / 160;
    if (power < std::pow(10.0F, decibels / 10)) continue;
    ++loud;
    if (kept[frame]) ++found;
  }
  return static_cast<double>(found) / static_cast<double>(loud);
}

/// Three sentences between silences of three seconds.
struct Talk {
  Pcm sound = silence(Millis(2000));
  std::vector<Millis> silent;  ///< Middles of the silences.

  explicit Talk(std::string_view voice) {
    silent.push_back(Millis(1000));
    for (const char* sentence : {"She opened the door and walked slowly into the room.",
                                 "We need to find a better way to share this information with the public.",
                                 "If you have any questions, call us or send a message to the office."}) {
      append(sound, flite_say(sentence, voice));
      silent.push_back(sound.duration() + Millis(1500));
      append(sound, silence(Millis(3000)));
    }
  }
};

void expect_silences_found(const Talk& talk, const std::vector<bool>& kept) {
  for (const Millis middle : talk.silent)
    EXPECT_FALSE(kept[static_cast<std::size_t>(middle / Millis(10))]) << middle.count() << " ms";
}

TEST_P(SpeechDetectorTest, NoWordIsLostAndSilenceIsFound) {
  for (const char* voice : {"slt", "rms", "awb"}) {
    const Talk talk(voice);
    const std::vector<bool> frames = kept(talk.sound);
    EXPECT_GE(recall(talk.sound, frames, -45), 0.999) << voice;
    expect_silences_found(talk, frames);
  }
}

TEST_P(SpeechDetectorTest, NoWordIsLostInNoise) {
  for (const char* voice : {"slt", "rms", "awb"}) {
    const Talk talk(voice);
    Pcm noisy = talk.sound;
    mix(noisy, pink_noise(Millis(20'000), -50));
    EXPECT_GE(recall(talk.sound, kept(noisy), -40), 0.995) << voice;
  }
}

TEST_P(SpeechDetectorTest, QuietSpeechIsHeard) {
  Talk talk("slt");
  for (float& sample : talk.sound.samples) sample *= 0.05F;
  const std::vector<bool> frames = kept(talk.sound);
  EXPECT_GE(recall(talk.sound, frames, -60), 0.99);
  expect_silences_found(talk, frames);
}

/// A recording is cut into chunks there. Flite fills its pauses with a murmur, which WebRTC mistakes for
/// speech.
TEST_P(SpeechDetectorTest, ThePausesBetweenSentencesAreFound) {
  for (const char* voice : {"slt", "rms", "awb"}) {
    Pcm sound{kRecognitionRate, {}};
    std::vector<std::size_t> ends;
    for (int i = 0; i < 4; ++i) {
      for (const char* sentence :
           {"Several members asked how the building would be heated in winter.",
            "Nobody had expected such a simple answer.",
            "The old reading room should stay open until the last book had been moved."}) {
        append(sound, flite_say(sentence, voice));
        ends.push_back(sound.samples.size());
      }
    }
    const auto detector = make();
    const std::vector<float> probabilities = probabilities_of(sound, *detector);
    ends.pop_back();
    for (const std::size_t end : ends) {
      const std::size_t frame = end / detector->frame_samples();
      const std::size_t reach = kRecognitionRate / 2 / detector->frame_samples();
      std::size_t run = 0;
      std::size_t longest = 0;
      for (std::size_t i = frame - reach; i < frame + reach; ++i) {
        run = probabilities[i] < 0.2F ? run + 1 : 0;
        longest = std::max(longest, run);
      }
      EXPECT_GE(longest * detector->frame_samples(), kRecognitionRate * 16U / 100)
          << voice << " after " << end;
    }
  }
}

TEST_P(SpeechDetectorTest, SomebodyQuieterIsHeardAfterSomebodyLoud) {
  Pcm quiet = flite_say("If you have any questions, call us or send a message to the office.", "rms");
  for (float& sample : quiet.samples) sample *= 0.06F;  // 24 dB less
  Pcm sound = flite_say("We need to find a better way to share this information with the public.", "slt");
  const std::size_t first = sound.samples.size() / 160;
  append(sound, quiet);
  std::vector<bool> frames = kept(sound);
  frames.erase(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(first));
  frames.resize(quiet.samples.size() / 160);
  EXPECT_GE(recall(quiet, frames, -64), 0.99);
}

TEST_P(SpeechDetectorTest, WhatIsNoSpeechIsMostlyDropped) {
  EXPECT_EQ(kept_share(silence(Millis(5000))), 0);
  EXPECT_LE(kept_share(noise(Millis(20'000), -60)), 0.1);
  EXPECT_LE(kept_share(pink_noise(Millis(20'000), -60)), 0.1);
  // WebRTC's mixtures need some seconds to learn that louder noise is not speech.
  const double max = GetParam() == "silero" ? 0 : 0.6;
  EXPECT_LE(kept_share(noise(Millis(20'000), -40)), max);
  EXPECT_LE(kept_share(pink_noise(Millis(20'000), -40)), max);
  if (GetParam() == "silero") {
    EXPECT_EQ(kept_share(tone(Millis(20'000))), 0);
  }
}

TEST_P(SpeechDetectorTest, WhatItSaysDoesNotDependOnHowItIsFed) {
  const Pcm sound = Talk("rms").sound;
  const auto once = make();
  const std::vector<float> at_once = probabilities_of(sound, *once);
  const auto detector = make();
  std::vector<float> in_pieces;
  std::size_t frames = 1;
  for (std::size_t at = 0; in_pieces.size() < at_once.size(); at += frames * detector->frame_samples()) {
    frames = std::min(frames % 7 + 1, at_once.size() - in_pieces.size());
    ASSERT_TRUE(detector->detect(std::span(sound.samples).subspan(at, frames * detector->frame_samples()),
                                 in_pieces));
  }
  EXPECT_EQ(in_pieces, at_once);
}

TEST_P(SpeechDetectorTest, SamplesThatAreNoNumbersDoNoLastingHarm) {
  const auto detector = make();
  std::vector<float> probabilities;
  std::vector<float> bad(detector->frame_samples() * 4, std::numeric_limits<float>::quiet_NaN());
  bad[10] = std::numeric_limits<float>::infinity();
  bad[20] = -3e38F;
  ASSERT_TRUE(detector->detect(bad, probabilities));
  const std::vector<float> after = probabilities_of(flite_say("She opened the door."), *detector);
  EXPECT_GT(*std::max_element(after.begin(), after.end()), 0.6F);
}

TEST_P(SpeechDetectorTest, PartOfAFrameIsRefused) {
  const auto detector = make();
  std::vector<float> probabilities;
  EXPECT_FALSE(detector->detect(std::vector<float>(detector->frame_samples() + 1), probabilities));
  EXPECT_TRUE(detector->detect({}, probabilities));
  EXPECT_TRUE(probabilities.empty());
}

TEST_P(SpeechDetectorTest, ARecordedSpeechIsHeard) {
  const fs::path path = kData / "jfk.wav";
  if (!fs::exists(path)) GTEST_SKIP() << "There is no " << path;
  const Pcm sound = read_wav_16k(path);
  EXPECT_GE(recall(sound, kept(sound), -30), 0.995);
}

TEST_P(SpeechDetectorTest, TheDetectorSaysItsName) { EXPECT_EQ(make()->name(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Detectors, SpeechDetectorTest, testing::Values("webrtc", "silero"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace vat::asr

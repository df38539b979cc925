#include "tts/pitch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "domain/audio.h"
#include "domain/synthesizer.h"
#include "tts/flite_engine.h"
#include "tts/sound.h"

namespace vat::tts {
namespace {

/// A buzz with the harmonics of a voice.
std::vector<float> buzz(double hertz, double seconds, double loudness = 0.3) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * kRecognitionRate));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double time = static_cast<double>(i) / kRecognitionRate;
    double sum = 0;
    for (int harmonic = 1; harmonic <= 10; ++harmonic)
      sum += std::sin(2 * M_PI * hertz * harmonic * time + harmonic) / harmonic;
    samples[i] = static_cast<float>(loudness * sum / 2);
  }
  return samples;
}

std::vector<float> noise(double seconds) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * kRecognitionRate));
  unsigned state = 1;
  for (float& sample : samples) {
    state = state * 1'664'525U + 1'013'904'223U;
    sample = static_cast<float>(state >> 8U) / 16'777'216.0F - 0.5F;
  }
  return samples;
}

double pitch_of(const std::vector<float>& samples) {
  PitchTrack track;
  track.push(samples);
  return track.median();
}

TEST(PitchTrackTest, FindsTheFundamentalOfDeepAndHighVoices) {
  for (const double hertz : {75.0, 98.3, 120.0, 211.7, 300.0, 420.0})
    EXPECT_NEAR(pitch_of(buzz(hertz, 2)), hertz, hertz / 100) << hertz;
}

TEST(PitchTrackTest, NeitherNoiseNorWhatIsHardlyHeardHasAPitch) {
  EXPECT_EQ(pitch_of(noise(3)), 0);
  EXPECT_EQ(pitch_of(buzz(150, 3, 0.002)), 0);
  EXPECT_EQ(pitch_of({}), 0);
  EXPECT_EQ(pitch_of(buzz(150, 0.2)), 0) << "too little";
}

TEST(PitchTrackTest, SmallPiecesAndPausesChangeNothing) {
  const std::vector<float> sound = buzz(180, 3);
  PitchTrack track;
  for (std::size_t i = 0; i + 97 < sound.size(); i += 97) track.push(std::span(sound).subspan(i, 97));
  track.push(noise(1));
  EXPECT_NEAR(track.median(), 180, 1);
}

TEST(PitchTrackTest, AStretchHasThePitchOfWhoSpeaksThere) {
  PitchTrack track;
  for (const double hertz : {100.0, 200.0, 100.0}) track.push(buzz(hertz, 2));
  const std::vector<TimeSpan> deep = {{Millis(0), Millis(2'000)}, {Millis(4'000), Millis(6'000)}};
  const std::vector<TimeSpan> high = {{Millis(2'000), Millis(4'000)}};
  EXPECT_NEAR(track.median(deep), 100, 1);
  EXPECT_NEAR(track.median(high), 200, 2);
  EXPECT_EQ(track.median({}), 0);
  for (const TimeSpan nowhere : {TimeSpan{Millis(7'000), Millis(90'000)},
                                 {Millis(900), Millis(900)},
                                 {Millis(1'000), Millis(1'200)},
                                 {Millis(-5'000), Millis(0)}})
    EXPECT_EQ(track.median(std::span(&nowhere, 1)), 0) << nowhere.start.count();
}

/// The list of voices says what is measured.
TEST(PitchTrackTest, FlitesVoicesAreAsHighAsListed) {
  const auto flite = make_flite();
  const auto voices = flite->voices({}).value();
  ASSERT_GE(voices.size(), 2U);
  for (const Voice& voice : voices) {
    const auto pcm = flite->synthesize(
        {.text = "The harbour was quiet when the last ferry of the evening left for the island.",
         .voice = voice.name},
        {});
    ASSERT_TRUE(pcm) << pcm.error().message;
    const Pcm heard = resample(*pcm, kRecognitionRate).value();
    EXPECT_NEAR(pitch_of(heard.samples), voice.pitch, voice.pitch / 10) << voice.name;
  }
}

}  // namespace
}  // namespace vat::tts

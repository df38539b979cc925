// How high Piper's voices speak: measured, remembered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <string>

#include "base/file.h"
#include "tts/neural_engine.h"

namespace vat::tts {
namespace {

namespace fs = std::filesystem;

constexpr int kToneRate = 16'000;
constexpr const char* kTwoSpeakers =
    R"({"audio":{"sample_rate":16000},"espeak":{"voice":"en-us"},"language":{"code":"en_US"},"num_speakers":2,)"
    R"("phoneme_id_map":{"_":[0],"^":[1],"$":[2],"a":[3],"n":[4],"s":[5],"t":[6]}})";

template <class Number>
void append(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

/// What the models' process sends for a second of a tone, in answer to a run.
std::string tone(double hertz) {
  std::string answer;
  append(answer, std::uint64_t{1 + 4 + 4 * kToneRate + 8});
  answer += '\0';
  append(answer, std::uint32_t{kToneRate});
  for (int i = 0; i < kToneRate; ++i)
    append(answer, static_cast<float>(0.3 * std::sin(2 * M_PI * hertz * i / kToneRate)));
  append(answer, 0.01);
  return answer;
}

class PiperPitchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_.path() / "library") << "library";
    install("en_US-anna-low");
  }
  void install(const std::string& name) {
    std::ofstream(folder_.path() / (name + ".onnx")) << "model of " << name;
    std::ofstream(folder_.path() / (name + ".onnx.json")) << kTwoSpeakers;
  }
  /// With a process that speaks in these tones, one after the other; without any, it ends at once. File 3 is
  /// the channel.
  [[nodiscard]] std::shared_ptr<Synthesizer> piper(const std::vector<double>& tones) {
    NeuralConfig config;
    config.directory = folder_.path();
    config.library = folder_.path() / "library";
    config.measurements = folder_.path() / "measurements";
    std::string script = R"(printf '\015\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >&3; )";
    for (const double hertz : tones) {
      const fs::path file = folder_.path() / ("tone" + std::to_string(hertz));
      std::ofstream(file, std::ios::binary) << tone(hertz);
      script += "cat " + file.string() + " >&3; ";
    }
    script += tones.empty() ? "exit 1" : "cat <&3 >/dev/null";
    config.helper = {.program = "/bin/sh", .arguments = {"-c", script}, .environment = {}};
    return make_neural(config).value().at(1);
  }
  static std::vector<double> pitches(Synthesizer& piper) {
    const std::vector<Voice> voices = piper.voices({}).value();
    std::vector<double> found;
    for (const Voice& voice : voices) found.push_back(voice.pitch);
    return found;
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
};

using ::testing::DoubleNear;
using ::testing::ElementsAre;

TEST_F(PiperPitchTest, IsMeasuredOnceForEachSpeakerAndRemembered) {
  const auto first = piper({110, 220});
  EXPECT_THAT(pitches(*first), ElementsAre(0, 0));
  ASSERT_TRUE(first->measure_pitches("de", {})) << "it has no German voice";
  EXPECT_THAT(pitches(*first), ElementsAre(0, 0));
  ASSERT_TRUE(first->measure_pitches("en", {}));
  EXPECT_THAT(pitches(*first), ElementsAre(DoubleNear(110, 1), DoubleNear(220, 2)));
  const auto second = piper({});
  ASSERT_TRUE(second->measure_pitches("en-GB", {})) << "nothing is spoken again";
  EXPECT_THAT(pitches(*second), ElementsAre(DoubleNear(110, 1), DoubleNear(220, 2)));
}

TEST_F(PiperPitchTest, AnotherFileOfTheNameIsMeasuredAnew) {
  ASSERT_TRUE(piper({110, 220})->measure_pitches("", {}));
  std::ofstream(folder_.path() / "en_US-anna-low.onnx") << "another model";
  EXPECT_THAT(pitches(*piper({})), ElementsAre(0, 0));
}

TEST_F(PiperPitchTest, AVoiceThatCannotSpeakIsTriedAgain) {
  EXPECT_FALSE(piper({})->measure_pitches("en", {}));
  const auto again = piper({110, 220});
  EXPECT_THAT(pitches(*again), ElementsAre(0, 0));
  ASSERT_TRUE(again->measure_pitches("en", {}));
  EXPECT_THAT(pitches(*again), ElementsAre(DoubleNear(110, 1), DoubleNear(220, 2)));
}

TEST_F(PiperPitchTest, HundredsOfVoicesAreNotMeasuredAtOnce) {
  for (int i = 0; i < 10; ++i) install("en_US-voice" + std::to_string(i));
  const auto many = piper({110, 110, 110, 110, 110, 110, 110, 110});
  ASSERT_TRUE(many->measure_pitches("en", {}));
  EXPECT_EQ(std::ranges::count_if(pitches(*many), [](double pitch) { return pitch > 0; }), 8);
}

}  // namespace
}  // namespace vat::tts

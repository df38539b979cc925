#include "asr/silero_network.h"

#include <gtest/gtest.h>
#include <whisper.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "asr/silero_file.h"
#include "asr/testing/silero_model.h"
#include "asr/whisper_handles.h"
#include "base/file.h"

namespace vat::asr {
namespace {

constexpr std::size_t kDetectorFrame = SileroNetwork::kFrameSamples;

constexpr float kScale = 1.5F;

SileroWeights random_weights() { return read_silero_file(silero_model(kScale)).value(); }

/// Noise and tones, each frame as loud and as high as chance has it.
std::vector<float> changing_sound() {
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  std::vector<float> sound;
  for (int frame = 0; frame < 300; ++frame) {
    const float noise = 0.1F * std::abs(normal(random));
    const float tone = 0.2F * std::abs(normal(random));
    const float step = 0.2F * std::abs(normal(random));
    for (std::size_t i = 0; i < kDetectorFrame; ++i)
      sound.push_back(
          std::clamp(noise * normal(random) + tone * std::sin(step * static_cast<float>(i)), -1.0F, 1.0F));
  }
  return sound;
}

/// The probabilities by whisper.cpp's own evaluation.
std::vector<float> expected_probabilities(std::string_view model, std::vector<float> sound) {
  prepare_ggml();
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  const auto path = folder.path() / "silero.bin";
  EXPECT_TRUE(write_file_atomically(path, model, Overwrite::kReplace));
  whisper_vad_context_params params = whisper_vad_default_context_params();
  params.n_threads = 1;
  params.use_gpu = false;
  whisper_vad_context* context = whisper_vad_init_from_file_with_params(path.c_str(), params);
  EXPECT_TRUE(whisper_vad_detect_speech(context, sound.data(), static_cast<int>(sound.size())));
  const float* first = whisper_vad_probs(context);
  std::vector<float> result(first, first + whisper_vad_n_probs(context));
  whisper_vad_free(context);
  return result;
}

class SileroNetworkTest : public testing::TestWithParam<SileroNetwork::Vectors> {
 protected:
  static std::vector<float> probabilities_of(std::span<const float> sound) {
    SileroNetwork network(random_weights(), GetParam());
    std::vector<float> probabilities;
    network.detect(sound, probabilities);
    return probabilities;
  }
};

TEST_P(SileroNetworkTest, TheProbabilitiesAreThoseOfWhisperCpp) {
  const std::vector<float> sound = changing_sound();
  const std::vector<float> expected = expected_probabilities(silero_model(kScale), sound);
  const auto [least, most] = std::minmax_element(expected.begin(), expected.end());
  EXPECT_GT(*most - *least, 0.3F);
  const std::vector<float> probabilities = probabilities_of(sound);
  ASSERT_EQ(probabilities.size(), expected.size());
  // Its activations are 16-bit floats, which makes a difference of 5e-4 here.
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(probabilities[i], expected[i], 2e-3) << "frame " << i;
}

TEST_P(SileroNetworkTest, FramesThatComeInPiecesOfAnySizeGiveTheSame) {
  const std::vector<float> sound = changing_sound();
  const std::vector<float> expected = probabilities_of(sound);
  for (const std::size_t frames : {1, 2, 5, 12, 13, 100}) {
    SileroNetwork network(random_weights(), GetParam());
    std::vector<float> probabilities;
    for (std::size_t at = 0; at < sound.size(); at += frames * kDetectorFrame)
      network.detect(std::span(sound).subspan(at, std::min(frames * kDetectorFrame, sound.size() - at)),
                     probabilities);
    EXPECT_EQ(probabilities, expected) << frames;
  }
}

TEST_P(SileroNetworkTest, SamplesThatAreNoNumbersAreSilenceAndLouderOnesCutOff) {
  std::vector<float> sound = changing_sound();
  std::vector<float> bad = sound;
  sound[1000] = sound[2000] = 0;
  sound[3000] = -1;
  bad[1000] = std::numeric_limits<float>::quiet_NaN();
  bad[2000] = std::numeric_limits<float>::infinity();
  bad[3000] = -3e38F;
  EXPECT_EQ(probabilities_of(bad), probabilities_of(sound));
}

INSTANTIATE_TEST_SUITE_P(Vectors, SileroNetworkTest,
                         testing::Values(SileroNetwork::Vectors::kWidest, SileroNetwork::Vectors::kPortable),
                         [](const auto& test) {
                           return test.param == SileroNetwork::Vectors::kWidest ? "Widest" : "Portable";
                         });

}  // namespace
}  // namespace vat::asr

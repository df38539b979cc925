#include "recordings.h"

#include <array>
#include <string>
#include <string_view>

#include "media/audio_encoder.h"
#include "tts/flite_engine.h"

namespace vat::bench {
namespace {

constexpr std::array<std::string_view, 5> kSentences = {
    "The committee met on Tuesday to consider the plans for the new library, which will stand beside the "
    "river and hold two hundred thousand volumes.",
    "Several members asked how the building would be heated in winter, and the architect explained that most "
    "of the warmth would come from the ground below it.",
    "Nobody had expected such a simple answer.",
    "After a long discussion they agreed that work should begin in the spring, provided that the money could "
    "be found.",
    "The old reading room should stay open until the last book had been moved."};

}  // namespace

Result<std::vector<float>> speech(double seconds, double silence) {
  const auto flite = tts::make_flite();
  const auto wanted = static_cast<std::size_t>(seconds * kRecognitionRate);
  std::vector<float> samples;
  samples.reserve(wanted);
  for (std::size_t i = 0; samples.size() < wanted; ++i) {
    std::string text(kSentences.at(i % kSentences.size()));
    if (i % kSentences.size() == 0)
      text = "Paragraph " + std::to_string(i / kSentences.size() + 1) + ". " + text;
    VAT_ASSIGN(const Pcm sentence, flite->synthesize({.text = text, .language = "en", .voice = "slt"}, {}));
    if (sentence.sample_rate != kRecognitionRate)
      return fail(ErrorCode::kInternal, "Flite's voice slt is expected to speak at 16 kHz.");
    samples.insert(samples.end(), sentence.samples.begin(), sentence.samples.end());
    samples.resize(samples.size() +
                   static_cast<std::size_t>(silence * static_cast<double>(sentence.samples.size())));
  }
  samples.resize(wanted);
  return samples;
}

void silence_half(std::vector<float>& samples) {
  constexpr std::size_t kStretch = std::size_t{15} * kRecognitionRate;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i / kStretch % 2 == 1) samples[i] = 0;
  }
}

Result<> write_wav(const std::filesystem::path& path, std::span<const float> samples) {
  VAT_ASSIGN(const auto encoder, media::AudioEncoder::create(path, {.format = media::AudioFormat::kWav,
                                                                    .sample_rate = kRecognitionRate}));
  VAT_TRY(encoder->write(samples));
  return encoder->finish();
}

}  // namespace vat::bench

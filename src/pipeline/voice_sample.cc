#include "pipeline/voice_sample.h"

#include <memory>
#include <span>

#include "domain/audio.h"

namespace vat::pipeline {
namespace {

// As OpenAI has it, with room for the padding of codecs.
constexpr std::size_t kShortestSample = 2 * kRecognitionRate - kRecognitionRate / 10;
constexpr std::size_t kLongestSample = 10 * kRecognitionRate + kRecognitionRate / 4;

}  // namespace

Result<std::vector<float>> voice_of_sample(media::Media& media, SpeakerModels& speakers,
                                           const std::filesystem::path& file, const std::stop_token& stop) {
  VAT_ASSIGN(const std::unique_ptr<AudioSource> sound, media.open(file, {.stop = stop}));
  std::vector<float> samples(kLongestSample + 1);
  std::size_t length = 0;
  while (length < samples.size()) {
    VAT_ASSIGN(const std::size_t count, sound->read(std::span(samples).subspan(length)));
    if (count == 0) break;
    length += count;
  }
  if (length < kShortestSample || length > kLongestSample)
    return fail(ErrorCode::kBadMedia, "The sample of a voice must be 2 to 10 seconds long.");
  VAT_ASSIGN(Diarizer* const diarizer, speakers.get({}, stop));
  return diarizer->voice(std::span(samples).first(length), stop);
}

}  // namespace vat::pipeline

#include "voice_samples.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "tts/sample_sentence.h"

namespace vat::app {

Result<VoiceSample> find_sample(const tts::Engines& engines, std::string_view voice, std::stop_token stop) {
  VAT_ASSIGN(const tts::ResolvedVoice found, tts::resolve_voice(engines, voice, stop));
  VAT_ASSIGN(const std::vector<Voice> voices, engines[found.engine]->voices(stop));
  const auto entry =
      std::find_if(voices.begin(), voices.end(), [&](const Voice& one) { return one.name == found.voice; });
  std::string language = entry == voices.end() ? "en" : entry->language;
  std::string text = tts::sample_sentence(language);
  return VoiceSample{std::move(language), std::move(text)};
}

}  // namespace vat::app

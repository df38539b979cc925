#include "voice_samples.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace vat::app {
namespace {

struct SampleSentence {
  std::string_view language;  ///< ISO 639-1.
  std::string_view text;
};
constexpr std::array kSampleSentences = {
    SampleSentence{"en", "The sun was setting as the last train left for the coast, and nobody said a word."},
    SampleSentence{"de",
                   "Die Sonne ging unter, als der letzte Zug zur Küste abfuhr, und niemand sagte ein Wort."},
    SampleSentence{"es", "El sol se ponía cuando salió el último tren hacia la costa, y nadie dijo nada."},
    SampleSentence{
        "fr", "Le soleil se couchait quand le dernier train partit pour la côte, et personne ne parlait."},
    SampleSentence{"it",
                   "Il sole tramontava quando l'ultimo treno partì per la costa, e nessuno disse nulla."},
    SampleSentence{"pt", "O sol se punha quando o último trem partiu para a costa, e ninguém disse nada."},
    SampleSentence{"hi", "जब आख़िरी रेलगाड़ी समुद्र की ओर चली, तब सूरज डूब रहा था।"}};

}  // namespace

Result<VoiceSample> find_sample(const tts::Engines& engines, std::string_view voice, std::stop_token stop) {
  VAT_ASSIGN(const tts::ResolvedVoice found, tts::resolve_voice(engines, voice, stop));
  VAT_ASSIGN(const std::vector<Voice> voices, engines[found.engine]->voices(stop));
  const auto entry =
      std::find_if(voices.begin(), voices.end(), [&](const Voice& one) { return one.name == found.voice; });
  std::string language = entry == voices.end() ? "en" : entry->language;
  const std::string_view primary = std::string_view(language).substr(0, language.find('-'));
  const auto* sentence = std::find_if(kSampleSentences.begin(), kSampleSentences.end(),
                                      [&](const SampleSentence& one) { return one.language == primary; });
  if (sentence == kSampleSentences.end()) sentence = kSampleSentences.begin();
  return VoiceSample{std::move(language), std::string(sentence->text)};
}

}  // namespace vat::app

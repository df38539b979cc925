#include "tts/sample_sentence.h"

#include <algorithm>
#include <array>

#include "tts/languages.h"

namespace vat::tts {
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

std::string sample_sentence(std::string_view language) {
  const std::string primary = primary_language(std::string(language));
  const auto* const found = std::find_if(kSampleSentences.begin(), kSampleSentences.end(),
                                         [&](const SampleSentence& one) { return one.language == primary; });
  return found == kSampleSentences.end() ? "1, 2, 3, 4, 5, 6, 7, 8, 9, 10." : std::string(found->text);
}

}  // namespace vat::tts

#include "pipeline/language.h"

#include <vector>

#include "asr/whisper_model.h"
#include "base/nearest.h"
#include "base/text.h"

namespace vat::pipeline {

Result<std::string> recognition_language(std::string_view named) {
  const std::string folded = fold_case(trim(named));
  if (folded == "auto") return folded;
  // A region or a character set does not matter for recognition (BCP 47, POSIX locales).
  const std::string code = folded.substr(0, folded.find_first_of("-_."));
  const std::vector<asr::WhisperLanguage> languages = asr::whisper_languages();
  std::vector<std::string_view> names;
  for (const asr::WhisperLanguage& language : languages) {
    if (language.code == code || language.name == folded) return language.code;
    names.emplace_back(language.name);
  }
  std::string sentence =
      "\"" + to_utf8(named) + "\" is not a supported language; use a code such as en, de or ja";
  if (const std::string_view meant = nearest(folded, names); !meant.empty())
    sentence += ", or did you mean " + std::string(meant) + "?";
  else
    sentence += ".";
  return fail_field("language", std::move(sentence));
}

}  // namespace vat::pipeline

#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "subtitles/formats.h"

namespace vat::subtitles {
namespace {

struct LanguageName {
  std::string_view code;
  std::string_view name;
};
// Where Whisper's names differ from those of Unicode's CLDR.
constexpr std::array<LanguageName, 9> kWhisperNames = {{{"bn", "bengali"},
                                                        {"fil", "tagalog"},
                                                        {"jv", "javanese"},
                                                        {"jw", "javanese"},
                                                        {"mi", "maori"},
                                                        {"my", "myanmar"},
                                                        {"nn", "nynorsk"},
                                                        {"tl", "tagalog"},
                                                        {"ht", "haitian creole"}}};

}  // namespace

std::string language_name(std::string_view code) {
  for (const LanguageName& entry : kWhisperNames) {
    if (entry.code == code) return std::string(entry.name);
  }
  const bool plausible =
      code.size() >= 2 && code.size() <= 8 && std::all_of(code.begin(), code.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
      });
  if (!plausible) return std::string(code);
  icu::UnicodeString name;
  icu::Locale(std::string(code).c_str()).getDisplayLanguage(icu::Locale::getEnglish(), name);
  std::string text;
  name.toLower(icu::Locale::getRoot()).toUTF8String(text);
  return text.empty() ? std::string(code) : text;
}

}  // namespace vat::subtitles

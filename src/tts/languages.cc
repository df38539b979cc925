#include "tts/languages.h"

namespace vat::tts {

std::string normal_language(std::string_view tag) {
  std::string normal(tag);
  for (char& c : normal) {
    if (c == '_') c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return normal;
}

std::string primary_language(std::string_view tag) {
  const std::string normal = normal_language(tag);
  return normal.substr(0, normal.find('-'));
}

}  // namespace vat::tts

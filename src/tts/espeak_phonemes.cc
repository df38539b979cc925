#include "tts/espeak_phonemes.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace vat::tts {
namespace {

using Name = std::pair<std::string_view, bool>;

/// What people write and eSpeak's IPA does not: other forms of a letter, and rough equals.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kAlike = {{
    {"g", "ɡ"},
    {"ɡ", "g"},
    {"r", "ɹ"},
    {"ɹ", "r"},
    {"ʤ", "dʒ"},
    {"ʧ", "tʃ"},
    {"ɫ", "l"},
    {"ɝ", "ɜː"},
    {"ɚ", "ə"},
    {"ɑ", "ɑː"},
    {"i", "iː"},
    {"u", "uː"},
    {"ɔ", "ɔː"},
    {"ɜ", "ɜː"},
    {"a", "æ"},
    {"e", "ɛ"},
    {"o", "oʊ"},
    {"ʁ", "r"},
}};

const EspeakPhoneme* phoneme_at(std::string_view text, const std::vector<EspeakPhoneme>& phonemes) {
  const auto found = std::find_if(phonemes.begin(), phonemes.end(),
                                  [&](const EspeakPhoneme& one) { return text.starts_with(one.ipa); });
  return found == phonemes.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<std::pair<std::string_view, bool>>& espeak_phoneme_names() {
  static const std::vector<Name> names = [] {
    std::vector<Name> list;
    for (const std::string_view name :
         {"p",  "b",  "t",  "d",  "k",  "g",  "f",  "v",  "s",  "z",  "h",  "m",   "n",   "l",
          "r",  "j",  "w",  "x",  "c",  "C",  "D",  "T",  "S",  "Z",  "N",  "R",   "R2",  "r-",
          "tS", "dZ", "ts", "dz", "pf", "n^", "l^", "t#", "J",  "Q",  "G",  "B",   "H",   "?",
          "L",  "X",  "q",  "s.", "t.", "d.", "n.", "l.", "z.", "S;", "Z;", "tS;", "dZ;", "*"})
      list.emplace_back(name, false);
    for (const std::string_view name :
         {"@",  "a",  "A",  "E",  "e",  "I",  "i",  "O",  "o",   "U",   "u",  "V",  "3",
          "3:", "Y",  "y",  "W",  "&",  "aa", "a#", "A:", "a:",  "e:",  "E:", "i:", "o:",
          "O:", "u:", "y:", "Y:", "W:", "2:", "aI", "aU", "eI",  "EI",  "OI", "OY", "oU",
          "@U", "I@", "i@", "e@", "U@", "A@", "O@", "o@", "aI@", "aU@", "I2", "I#", "@2",
          "@L", "0",  "E~", "A~", "O~", "W~", "o~", "a~", "e~",  "u~",  "i~", "y",  "Y"})
      list.emplace_back(name, true);
    return list;
  }();
  return names;
}

std::string to_espeak_phonemes(std::string_view ipa, const std::vector<EspeakPhoneme>& phonemes) {
  std::string result;
  std::string_view stress;
  bool any = false;
  while (!ipa.empty()) {
    if (ipa.starts_with("ˈ") || ipa.starts_with("ˌ")) {
      stress = ipa.starts_with("ˈ") ? "'" : ",";
      ipa.remove_prefix(2);
      continue;
    }
    const EspeakPhoneme* found = phoneme_at(ipa, phonemes);
    std::size_t length = found == nullptr ? first_code_points(ipa, 1).size() : found->ipa.size();
    const auto* const alike = std::find_if(kAlike.begin(), kAlike.end(),
                                           [&](const auto& pair) { return ipa.starts_with(pair.first); });
    if (found == nullptr && alike != kAlike.end()) {
      found = phoneme_at(alike->second, phonemes);
      length = alike->first.size();
    }
    if (found != nullptr && found->vowel && !stress.empty()) result += std::exchange(stress, {});
    // A "|" keeps two names apart that together would be another.
    if (found != nullptr) result += found->name + "|";
    if (found == nullptr && ipa.starts_with(' ')) result += " ";
    any = any || found != nullptr;
    ipa.remove_prefix(length);
  }
  return any ? result : std::string();
}

std::string without_phoneme_brackets(std::string text) {
  for (std::size_t at = text.find("[["); at != std::string::npos; at = text.find("[[", at))
    text.insert(at + 1, " ");
  return text;
}

}  // namespace vat::tts

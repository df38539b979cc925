#include "tts/neural/phonemes.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/text.h"
#include "tts/code_points.h"
#include "tts/espeak_library.h"
#include "tts/spoken_text.h"

namespace vat::tts {
namespace {

/// What a mark of the text becomes among the phonemes.
struct Mark {
  char32_t mark;
  std::string_view becomes;
  bool always;  ///< Also within a word; the others are marks only before a space or the end.
};
constexpr std::array kMarks = {
    Mark{U'.', ".", false}, Mark{U',', ",", false}, Mark{U';', ";", false}, Mark{U':', ":", false},
    Mark{U'!', "!", false}, Mark{U'?', "?", false}, Mark{U'…', "…", true},  Mark{U'—', "—", true},
    Mark{U'(', "(", true},  Mark{U')', ")", true},  Mark{U'[', "(", true},  Mark{U']', ")", true},
    Mark{U'“', "“", true},  Mark{U'”', "”", true},  Mark{U'„', "“", true},  Mark{U'«', "“", true},
    Mark{U'»', "”", true},  Mark{U'"', "", true},   Mark{U'¿', "", true},   Mark{U'¡', "", true},
    Mark{U'。', ".", true}, Mark{U'、', ",", true}, Mark{U'，', ",", true}, Mark{U'！', "!", true},
    Mark{U'？', "?", true}, Mark{U'।', ".", true},  Mark{U'؟', "?", true},  Mark{U'،', ",", true}};

const Mark* find_mark(char32_t point) {
  const auto* const found =
      std::find_if(kMarks.begin(), kMarks.end(), [point](const Mark& mark) { return mark.mark == point; });
  return found == kMarks.end() ? nullptr : found;
}

std::u32string to_points(std::string_view text) {
  std::u32string points;
  for_each_code_point(
      text, [&](UChar32 point, std::size_t, std::size_t) { points.push_back(static_cast<char32_t>(point)); });
  return points;
}

std::string to_bytes(std::u32string_view points) {
  std::string text;
  for (const char32_t point : points) icu::UnicodeString(static_cast<UChar32>(point)).toUTF8String(text);
  return text;
}

bool is_blank(char32_t point) { return u_isUWhiteSpace(static_cast<UChar32>(point)) != 0; }

/// Whether the full stop behind `word` is an abbreviation's, which eSpeak reads: a sentence has one of its
/// own only at its end, or behind a word too long for an abbreviation.
bool abbreviates(std::u32string_view fragment, bool at_end) {
  constexpr std::size_t kLongestAbbreviation = 4;
  if (at_end) return false;
  const std::size_t space = fragment.find_last_of(U' ');
  const std::size_t begin = space == std::u32string_view::npos ? 0 : space + 1;
  return fragment.size() - begin <= kLongestAbbreviation;
}

/// Whether nothing but marks and spaces follows.
bool ends_text(std::u32string_view rest) {
  return std::all_of(rest.begin(), rest.end(),
                     [](char32_t point) { return is_blank(point) || find_mark(point) != nullptr; });
}

/// A stretch without marks, and what follows it.
struct Stretch {
  std::u32string words;
  std::string mark;
};

std::vector<Stretch> stretches_of(std::u32string_view text) {
  std::vector<Stretch> stretches(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::u32string_view rest = text.substr(i + 1);
    const Mark* mark = find_mark(text[i]);
    // A dash between spaces is a pause, one within a word is not.
    const bool dash = (text[i] == U'-' || text[i] == U'–') && i > 0 && is_blank(text[i - 1]) &&
                      !rest.empty() && is_blank(rest.front());
    if (dash) mark = find_mark(U'—');
    const bool breaks = rest.empty() || is_blank(rest.front()) || find_mark(rest.front()) != nullptr;
    if (mark == nullptr || (!mark->always && !breaks) ||
        (text[i] == U'.' && abbreviates(stretches.back().words, ends_text(rest)))) {
      stretches.back().words.push_back(text[i]);
      continue;
    }
    stretches.back().mark += mark->becomes;
    stretches.emplace_back();
  }
  return stretches;
}

void substitute(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

using Substitutions = std::span<const std::pair<std::string_view, std::string_view>>;
using Pair = std::pair<std::string_view, std::string_view>;

// misaki 0.9 (espeak.py), the phonemizer of Kokoro's authors; the longest come first. "^" ties two letters.
constexpr std::array kEnglishLetters = {
    Pair{"ʔˌn\u0329", "tᵊn"}, Pair{"ʔn\u0329", "tᵊn"}, Pair{"ʔn", "tᵊn"}, Pair{"a^ɪ", "I"}, Pair{"a^ʊ", "W"},
    Pair{"d^ʒ", "ʤ"},         Pair{"e^ɪ", "A"},        Pair{"t^ʃ", "ʧ"},  Pair{"ɔ^ɪ", "Y"}, Pair{"ə^l", "ᵊl"},
    Pair{"ʲo", "jo"},         Pair{"ʲə", "jə"},        Pair{"ʔ", "t"},    Pair{"e", "A"},   Pair{"ʲ", ""},
    Pair{"ɚ", "əɹ"},          Pair{"r", "ɹ"},          Pair{"x", "k"},    Pair{"ç", "k"},   Pair{"ɐ", "ə"},
    Pair{"ɬ", "l"},           Pair{"\u0303", ""},      Pair{"\u0329", ""}};
constexpr std::array kAmericanLetters = {Pair{"o^ʊ", "O"}, Pair{"ɜːɹ", "ɜɹ"}, Pair{"ɜː", "ɜɹ"},
                                         Pair{"ɪə", "iə"}, Pair{"ː", ""},     Pair{"o", "ɔ"},
                                         Pair{"^", ""}};
constexpr std::array kBritishLetters = {Pair{"A^ə", "ɛː"}, Pair{"iə", "ɪə"}, Pair{"ə^ʊ", "Q"}, Pair{"o", "ɔ"},
                                        Pair{"^", ""}};
constexpr std::array kOtherLetters = {Pair{"a^ɪ", "I"}, Pair{"a^ʊ", "W"}, Pair{"d^z", "ʣ"}, Pair{"d^ʒ", "ʤ"},
                                      Pair{"e^ɪ", "A"}, Pair{"o^ʊ", "O"}, Pair{"ə^ʊ", "Q"}, Pair{"s^s", "S"},
                                      Pair{"t^s", "ʦ"}, Pair{"t^ʃ", "ʧ"}, Pair{"ɔ^ɪ", "Y"}, Pair{"^", ""},
                                      Pair{"-", ""}};

void replace_letters(std::string& phonemes, Substitutions list) {
  for (const auto& [from, to] : list) substitute(phonemes, from, to);
}

/// Kokoro learned English from dictionaries, in which every word of several syllables has a primary stress.
/// eSpeak gives words such as "before", "into" and "about" only a secondary one, and Kokoro mumbles them
/// then.
std::string with_primary_stress(const std::string& phonemes) {
  constexpr std::u32string_view kVowels = U"AIOQWYaeiouæɐɑɒɔəɚɛɜɪʊʌᵊᵻ";
  constexpr char32_t kPrimary = U'ˈ';
  constexpr char32_t kSecondary = U'ˌ';
  std::u32string points = to_points(phonemes);
  for (std::size_t begin = 0; begin < points.size();) {
    const std::size_t end = std::min(points.find(U' ', begin), points.size());
    const std::u32string_view word = std::u32string_view(points).substr(begin, end - begin);
    const auto syllables = std::count_if(word.begin(), word.end(), [&](char32_t point) {
      return kVowels.find(point) != std::u32string_view::npos;
    });
    const std::size_t secondary = word.rfind(kSecondary);
    if (syllables > 1 && secondary != std::u32string_view::npos &&
        word.find(kPrimary) == std::u32string_view::npos)
      points[begin + secondary] = kPrimary;
    begin = end + 1;
  }
  return to_bytes(points);
}

std::string decomposed(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const form = icu::Normalizer2::getNFDInstance(status);
  if (U_FAILURE(status) != 0) return text;
  std::string result;
  form->normalize(icu::UnicodeString::fromUTF8(text), status).toUTF8String(result);
  return U_FAILURE(status) != 0 ? text : result;
}

/// eSpeak marks a change of language within the text: "(en)".
std::string without_notes(std::string phonemes) {
  for (std::size_t begin = phonemes.find('('); begin != std::string::npos; begin = phonemes.find('(')) {
    const std::size_t end = phonemes.find(')', begin);
    phonemes.erase(begin, end == std::string::npos ? std::string::npos : end - begin + 1);
  }
  return phonemes;
}

std::string in_style(std::string phonemes, PhonemeStyle style) {
  phonemes = without_notes(std::move(phonemes));
  substitute(phonemes, "_", "");
  switch (style) {
    case PhonemeStyle::kPiper:
      return decomposed(phonemes);
    case PhonemeStyle::kKokoroOther:
      replace_letters(phonemes, kOtherLetters);
      return phonemes;
    case PhonemeStyle::kKokoroAmerican:
      replace_letters(phonemes, kEnglishLetters);
      replace_letters(phonemes, kAmericanLetters);
      return phonemes;
    case PhonemeStyle::kKokoroBritish:
      replace_letters(phonemes, kEnglishLetters);
      replace_letters(phonemes, kBritishLetters);
      return phonemes;
  }
  return phonemes;
}

/// A user's IPA in a model's spelling: what eSpeak ties is tied, where people do not, either.
std::string ipa_in_style(std::string ipa, PhonemeStyle style) {
  for (const std::string_view tie : {"͡", "͜", "‿"}) substitute(ipa, tie, "");
  for (const std::string_view mark : {".", "|", "-"}) substitute(ipa, mark, "");
  for (const auto& [written, letter] : {Pair{"g", "ɡ"}, Pair{"'", "ˈ"}, Pair{":", "ː"}, Pair{"ɫ", "l"}})
    substitute(ipa, written, letter);
  if (style != PhonemeStyle::kPiper) {
    for (const std::string_view pair : {"aɪ", "aʊ", "dʒ", "eɪ", "tʃ", "ɔɪ", "oʊ", "əʊ", "ts", "dz"}) {
      const std::size_t first = first_code_points(pair, 1).size();
      substitute(ipa, pair, std::string(pair.substr(0, first)) + "^" + std::string(pair.substr(first)));
    }
  }
  return in_style(std::move(ipa), style);
}

/// The last place to cut a run of symbols: behind a mark in its second half, else behind a space.
std::size_t cut_of(std::u32string_view symbols, std::size_t max_symbols) {
  const std::u32string_view run = symbols.substr(0, max_symbols);
  const std::size_t mark = run.find_last_of(U".,;:!?…—");
  if (mark != std::u32string_view::npos && mark >= max_symbols / 2) return mark + 1;
  const std::size_t space = run.find_last_of(U' ');
  return space == std::u32string_view::npos || space == 0 ? max_symbols : space + 1;
}

}  // namespace

Result<std::string> phonemes_of(std::string_view text, const std::string& voice, PhonemeStyle style) {
  const char32_t tie = style == PhonemeStyle::kPiper ? 0 : U'^';
  std::string result;
  for (const Stretch& stretch : stretches_of(to_points(to_utf8(text)))) {
    const std::string words = to_bytes(stretch.words);
    if (!trim(words).empty()) {
      VAT_ASSIGN(std::string phonemes, EspeakLibrary::instance().phonemes(voice, words, tie));
      const bool opening = result.ends_with("(") || result.ends_with("“");
      if (!result.empty() && !opening && !result.ends_with(' ')) result += ' ';
      phonemes = in_style(std::move(phonemes), style);
      const bool english = style == PhonemeStyle::kKokoroAmerican || style == PhonemeStyle::kKokoroBritish;
      result += trim(english ? with_primary_stress(phonemes) : phonemes);
    }
    if ((stretch.mark == "(" || stretch.mark == "“") && !result.empty()) result += ' ';
    result += stretch.mark;
  }
  return result;
}

Result<std::string> phonemes_of(const Utterance& utterance, const std::string& language,
                                const std::string& voice, PhonemeStyle style) {
  const std::string_view text = utterance.text;
  std::string result;
  const auto append = [&](std::string_view part, const std::string& phonemes) {
    const bool spaced = !part.empty() && is_blank(static_cast<unsigned char>(part.front()));
    if (!result.empty() && !phonemes.empty() && spaced) result += ' ';
    result += phonemes;
  };
  std::size_t done = 0;
  const auto append_text = [&](std::size_t end) -> Result<> {
    const std::string_view part = text.substr(done, end - done);
    VAT_ASSIGN(const std::string phonemes, phonemes_of(spoken_text(part, language), voice, style));
    append(part, phonemes);
    done = end;
    return {};
  };
  for (const Pronunciation& said : utterance.pronunciations) {
    VAT_TRY(append_text(said.begin));
    const bool spaced = said.begin > 0 && is_blank(static_cast<unsigned char>(text[said.begin - 1]));
    append(spaced ? " " : "", ipa_in_style(said.ipa, style));
    done = said.end;
  }
  VAT_TRY(append_text(text.size()));
  return result;
}

std::vector<std::u32string> symbol_runs(std::string_view phonemes, const SymbolIds& known,
                                        std::size_t max_symbols) {
  std::u32string symbols;
  for (const char32_t point : to_points(phonemes))
    if (known.contains(point)) symbols.push_back(point);
  std::vector<std::u32string> runs;
  while (!symbols.empty()) {
    const std::size_t count = symbols.size() <= max_symbols ? symbols.size() : cut_of(symbols, max_symbols);
    if (std::any_of(symbols.begin(), symbols.begin() + static_cast<std::ptrdiff_t>(count),
                    [](char32_t point) { return u_isalpha(static_cast<UChar32>(point)) != 0; }))
      runs.push_back(symbols.substr(0, count));
    symbols.erase(0, count);
  }
  return runs;
}

}  // namespace vat::tts

#include "subtitles/break_quality.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "base/text.h"
#include "subtitles/script.h"

namespace vat::subtitles {
namespace {

constexpr std::string_view kEnglishLinks[] = {
    "about",  "above",  "across",  "after",  "against", "along",  "although", "among", "and",     "around",
    "as",     "at",     "because", "before", "behind",  "below",  "between",  "but",   "by",      "during",
    "except", "for",    "from",    "if",     "in",      "into",   "like",     "near",  "nor",     "of",
    "on",     "onto",   "or",      "over",   "since",   "so",     "than",     "that",  "though",  "through",
    "to",     "toward", "towards", "under",  "unless",  "until",  "when",     "where", "whereas", "whether",
    "which",  "while",  "who",     "with",   "within",  "without"};
constexpr std::string_view kEnglishLeaders[] = {
    "a",     "an", "the", "my",   "your", "his",  "her", "its",  "our",   "their", "this", "these",
    "those", "no", "not", "very", "is",   "are",  "was", "were", "be",    "i",     "you",  "he",
    "she",   "it", "we",  "they", "mr.",  "mrs.", "ms.", "dr.",  "prof.", "st."};
constexpr std::string_view kGermanLinks[] = {
    "aber", "als",    "an",    "auf",  "aus",     "bei",     "bevor", "bis", "da",      "damit",
    "dass", "denn",   "durch", "für",  "gegen",   "hinter",  "in",    "mit", "nach",    "neben",
    "ob",   "obwohl", "oder",  "ohne", "seit",    "sondern", "über",  "um",  "und",     "unter",
    "von",  "vor",    "weil",  "wenn", "während", "zu",      "zum",   "zur", "zwischen"};
constexpr std::string_view kGermanLeaders[] = {"der",  "die",   "das",   "den",   "dem",   "des",  "ein",
                                               "eine", "einen", "einem", "einer", "eines", "kein", "keine",
                                               "mein", "dein",  "sein",  "ihr",   "nicht", "ich",  "du",
                                               "er",   "sie",   "es",    "wir",   "dr.",   "prof."};
constexpr std::string_view kFrenchLinks[] = {
    "à",       "afin",  "après",  "avant", "avec", "car", "chez",  "comme",   "contre",
    "dans",    "de",    "depuis", "des",   "donc", "du",  "en",    "entre",   "et",
    "lorsque", "mais",  "ni",     "ou",    "où",   "par", "parce", "pendant", "pour",
    "puisque", "quand", "que",    "qui",   "sans", "si",  "sous",  "sur",     "vers"};
constexpr std::string_view kFrenchLeaders[] = {"le",   "la",   "les", "un",    "une", "mon", "ma",   "mes",
                                               "ton",  "ta",   "son", "sa",    "ses", "ce",  "cet",  "cette",
                                               "ces",  "ne",   "pas", "je",    "tu",  "il",  "elle", "on",
                                               "nous", "vous", "ils", "elles", "m.",  "mme"};
constexpr std::string_view kSpanishLinks[] = {
    "a",      "al",      "ante", "aunque", "como",  "con",   "contra", "cuando", "de",   "del",  "desde",
    "donde",  "durante", "en",   "entre",  "hacia", "hasta", "ni",     "o",      "para", "pero", "por",
    "porque", "pues",    "que",  "según",  "si",    "sin",   "sino",   "sobre",  "tras", "y"};
constexpr std::string_view kSpanishLeaders[] = {
    "el",   "la",  "los", "las", "un", "una", "unos", "unas", "mi", "tu",  "su",  "sus",  "este",
    "esta", "ese", "esa", "no",  "se", "me",  "te",   "lo",   "le", "nos", "sr.", "sra.", "dr."};

/// The small words of a language: links begin a phrase, and neither links nor leaders end a line well.
struct SmallWords {
  std::span<const std::string_view> links;
  std::span<const std::string_view> leaders;
};

SmallWords small_words(std::string_view language) {
  if (language == "en") return {kEnglishLinks, kEnglishLeaders};
  if (language == "de") return {kGermanLinks, kGermanLeaders};
  if (language == "fr") return {kFrenchLinks, kFrenchLeaders};
  if (language == "es") return {kSpanishLinks, kSpanishLeaders};
  return {};
}

bool contains(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_closing(std::int32_t point) {
  const int type = u_charType(point);
  return point == '"' || point == '\'' || type == U_END_PUNCTUATION || type == U_FINAL_PUNCTUATION ||
         type == U_INITIAL_PUNCTUATION;
}

/// The last code point that is not a closing quote or bracket.
std::int32_t last_meaning(std::string_view text) {
  std::int32_t point = last_code_point(text);
  while (is_closing(point)) {
    text = without_last_code_point(text);
    point = last_code_point(text);
  }
  return point;
}

bool ends_clause(std::string_view text) {
  static constexpr std::array<std::int32_t, 11> kEnds = {',',    ';',    ':',    0x2013, 0x2014, 0x060C,
                                                         0x061B, 0x3001, 0xFF0C, 0xFF1A, 0xFF1B};
  return std::find(kEnds.begin(), kEnds.end(), last_meaning(text)) != kEnds.end();
}

/// "J." and "3." are rarely the end of a sentence.
bool is_initial(std::string_view text) { return code_points(text) == 2 && text.back() == '.'; }

}  // namespace

bool ends_sentence(std::string_view text) {
  // . ! ? and: ellipsis, Arabic question mark and full stop, danda, CJK and full-width forms.
  static constexpr std::array<std::int32_t, 11> kEnds = {'.',    '!',    '?',    0x2026, 0x061F, 0x06D4,
                                                         0x0964, 0x3002, 0xFF01, 0xFF1F, 0xFF0E};
  return std::find(kEnds.begin(), kEnds.end(), last_meaning(text)) != kEnds.end();
}

BreakQuality judge_break(std::string_view text, std::string_view next, std::string_view language) {
  const SmallWords words = small_words(language);
  const std::string folded = fold_case(text);
  if (contains(words.leaders, folded)) return BreakQuality::kBad;
  if (ends_sentence(text)) {
    const bool goes_on = last_meaning(text) == '.' && (u_islower(first_code_point(next)) || is_initial(text));
    return goes_on ? BreakQuality::kPlain : BreakQuality::kSentence;
  }
  if (ends_clause(text)) return BreakQuality::kClause;
  if (contains(words.links, folded)) return BreakQuality::kBad;
  if (contains(words.links, fold_case(next))) return BreakQuality::kPhrase;
  return BreakQuality::kPlain;
}

}  // namespace vat::subtitles

#include "tts/abbreviations.h"

#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/unistr.h>
#include <unicode/ures.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "base/text.h"
#include "tts/abbreviation_table.h"
#include "tts/code_points.h"
#include "tts/languages.h"

namespace vat::tts {
namespace {

void insert_words(Abbreviations::Words& words, std::string_view list) {
  while (!list.empty())
    if (const std::string_view word = take_part(list, ' '); !word.empty()) words.emplace(word);
}

struct CloseBundle {
  void operator()(UResourceBundle* bundle) const { ures_close(bundle); }
};
using Bundle = std::unique_ptr<UResourceBundle, CloseBundle>;

/// The list that icu::FilteredBreakIteratorBuilder uses. Its iterator compares the ends of words, so that
/// "tiene." in Spanish would be "ene." (January); here whole words are compared.
void insert_cldr_words(Abbreviations::Words& words, const std::string& language) {
  UErrorCode status = U_ZERO_ERROR;
  const Bundle rules(ures_open(U_ICUDATA_NAME "-brkitr", language.c_str(), &status));
  if (U_FAILURE(status) != 0) return;
  // A language without rules of its own gets those of the process's locale.
  if (primary_language(ures_getLocaleByType(rules.get(), ULOC_ACTUAL_LOCALE, &status)) != language) return;
  const Bundle exceptions(ures_getByKey(rules.get(), "exceptions", nullptr, &status));
  const Bundle list(ures_getByKey(exceptions.get(), "SentenceBreak", nullptr, &status));
  if (U_FAILURE(status) != 0) return;
  for (std::int32_t i = 0; i < ures_getSize(list.get()); ++i) {
    std::int32_t length = 0;
    const UChar* const word = ures_getStringByIndex(list.get(), i, &length, &status);
    if (U_FAILURE(status) != 0) return;
    std::string utf8;
    icu::UnicodeString(word, length).toUTF8String(utf8);
    // Of "n. Chr." the last word is enough: single letters never end a sentence.
    words.insert(utf8.substr(utf8.rfind(' ') + 1));
  }
}

/// "U.S.", "p.m.", "Ph.D.", "т.д.", and single letters: one or two letters before each stop.
bool is_initials(std::string_view word) {
  std::size_t stops = 0;
  std::size_t letters = 0;
  bool fits = true;
  for_each_code_point(word, [&](UChar32 point, std::size_t, std::size_t) {
    if (point == '.') {
      fits = fits && letters > 0;
      letters = 0;
      ++stops;
    } else if (point != '-') {
      ++letters;
      fits = fits && u_isalpha(point) != 0 && letters <= 2;
    }
  });
  return fits && letters == 0 && (stops > 1 || code_points(word) == 2);
}

std::string with_small_initial(std::string_view word) {
  UChar32 first = 0;
  std::size_t length = 0;
  for_each_code_point(word, [&](UChar32 point, std::size_t begin, std::size_t end) {
    if (begin == 0) {
      first = point;
      length = end;
    }
  });
  std::string small;
  icu::UnicodeString(u_tolower(first)).toUTF8String(small);
  return small.append(word.substr(length));
}

}  // namespace

Abbreviations::Abbreviations(const std::string& language) {
  insert_cldr_words(ending_, language);
  ordinals_ =
      std::find(kOrdinalLanguages.begin(), kOrdinalLanguages.end(), language) != kOrdinalLanguages.end();
  // Both written forms of Norwegian abbreviate alike.
  const std::string table = language == "no" || language == "nn" ? "nb" : language;
  const auto* const entry =
      std::find_if(kLanguages.begin(), kLanguages.end(),
                   [&](const LanguageEntry& candidate) { return candidate.language == table; });
  if (entry == kLanguages.end()) return;
  insert_words(ordinary_, entry->words);
  for (const std::string& word : ordinary_) ending_.erase(word);
  insert_words(leading_, entry->leading);
  insert_words(numbered_, entry->numbered);
  insert_words(ending_, entry->ending);
  insert_words(closing_, entry->closing);
  insert_words(openers_, entry->openers);
  insert_words(titles_, entry->titles);
}

std::shared_ptr<const Abbreviations> Abbreviations::of(const std::string& language) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Abbreviations>> made;
  const std::string primary = primary_language(language.empty() ? "en" : language);
  const std::lock_guard lock(mutex);
  constexpr std::size_t kMaxLanguages = 500;  // a caller may make tags up
  if (made.size() > kMaxLanguages) made.clear();
  std::shared_ptr<const Abbreviations>& entry = made[primary];
  if (!entry) entry = std::make_shared<const Abbreviations>(primary);
  return entry;
}

bool Abbreviations::listed(const Words& words, std::string_view word) {
  for (auto ending = words.lower_bound("*"); ending != words.end() && ending->front() == '*'; ++ending)
    if (word.ends_with(std::string_view(*ending).substr(1))) return true;
  return words.contains(word) || words.contains(with_small_initial(word));
}

Abbreviation Abbreviations::kind_of(std::string_view word) const {
  // "l'avv." in Italian, "d’env." in French.
  for (const std::string_view apostrophe : {std::string_view("'"), std::string_view("’")})
    if (const std::size_t at = word.rfind(apostrophe); at != std::string_view::npos)
      word.remove_prefix(at + apostrophe.size());
  if (listed(leading_, word)) return Abbreviation::kLeads;
  if (listed(closing_, word)) return Abbreviation::kCloses;
  if (listed(ending_, word)) return Abbreviation::kMayEnd;
  if (is_initials(word) && !ordinary_.contains(word)) return Abbreviation::kMayEnd;
  return listed(numbered_, word) ? Abbreviation::kNumbered : Abbreviation::kNone;
}

}  // namespace vat::tts

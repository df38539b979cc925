#include "db/search_words.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/script.h"
#include "base/text.h"

namespace vat::db {
namespace {

constexpr std::size_t kMaxWordBytes = 200;    // bytes; PostgreSQL's limit is 2 KB
constexpr std::size_t kMaxIndexed = 100'000;  // bytes of words of one segment; PostgreSQL's limit is 1 MB
constexpr std::size_t kMaxPhrases = 16;
constexpr std::size_t kMaxWordsInPhrase = 64;
constexpr std::size_t kLongSnippet = 300;  // bytes
constexpr std::size_t kWordsBefore = 10;
constexpr std::size_t kWordsAfter = 20;

/// A word and its position in the text, in bytes.
struct Found {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string word;
};

enum class Kind { kSeparator, kLetter, kMark, kWhole };

Kind kind_of(UChar32 point) {
  if (point < 0) return Kind::kSeparator;
  const int mask = U_GET_GC_MASK(point);
  if ((mask & U_GC_M_MASK) != 0) return Kind::kMark;
  if ((mask & (U_GC_L_MASK | U_GC_N_MASK)) == 0) return Kind::kSeparator;
  return is_of_unspaced_script(point) ? Kind::kWhole : Kind::kLetter;
}

std::string normal_form(std::string_view word) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* const fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  const icu::Normalizer2* const decompose = icu::Normalizer2::getNFDInstance(error);
  if (U_FAILURE(error)) return std::string(word);
  icu::UnicodeString text =
      icu::UnicodeString::fromUTF8(icu::StringPiece(word.data(), static_cast<std::int32_t>(word.size())));
  text = decompose->normalize(fold->normalize(text, error), error);
  icu::UnicodeString kept;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 point = text.char32At(i);
    const bool accent = point >= 0x0300 && point <= 0x036F;
    // Compatibility forms of letters may decompose into non-letters.
    if (!accent && kind_of(point) != Kind::kSeparator) kept.append(point);
  }
  std::string normal;
  kept.toUTF8String(normal);
  return normal;
}

std::vector<Found> find_words(std::string_view text) {
  std::vector<Found> found;
  const auto size = static_cast<std::int32_t>(std::min<std::size_t>(text.size(), INT32_MAX));
  bool open = false;  // whether the last word may continue
  for (std::int32_t i = 0; i < size;) {
    const std::int32_t begin = i;
    UChar32 point = 0;
    U8_NEXT(text.data(), i, size, point);
    const Kind kind = kind_of(point);
    const bool whole_before = open && kind == Kind::kLetter && found.back().word == "whole";
    if (kind == Kind::kSeparator || (kind == Kind::kMark && !open)) {
      open = false;
    } else if (open && kind != Kind::kWhole && !whole_before) {
      found.back().end = static_cast<std::size_t>(i);
    } else {
      found.push_back({static_cast<std::size_t>(begin), static_cast<std::size_t>(i),
                       kind == Kind::kWhole ? "whole" : ""});
      open = true;
    }
  }
  for (Found& item : found) {
    const std::string_view word = text.substr(item.begin, std::min(item.end - item.begin, kMaxWordBytes));
    item.word = normal_form(to_utf8(word));
  }
  std::erase_if(found, [](const Found& item) { return item.word.empty(); });
  return found;
}

/// How many words of the phrase match from `at` on: all or none.
std::size_t match_length(const std::vector<Found>& words, std::size_t at, const Phrase& phrase) {
  if (phrase.size() > words.size() - at) return 0;
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    if (words[at + i].word != phrase[i]) return 0;
  }
  return phrase.size();
}

struct Range {
  std::size_t first = 0;  ///< Words.
  std::size_t last = 0;
};

std::vector<Range> find_matches(const std::vector<Found>& words, const std::vector<Phrase>& phrases) {
  std::vector<Range> matches;
  for (std::size_t i = 0; i < words.size();) {
    std::size_t longest = 0;
    for (const Phrase& phrase : phrases) longest = std::max(longest, match_length(words, i, phrase));
    if (longest > 0) matches.push_back({i, i + longest - 1});
    i += std::max<std::size_t>(longest, 1);
  }
  return matches;
}

}  // namespace

std::string searchable(std::string_view text) {
  std::string words;
  for (const Found& found : find_words(text)) {
    if (words.size() + found.word.size() > kMaxIndexed) break;
    if (!words.empty()) words += ' ';
    words += found.word;
  }
  return words;
}

std::vector<Phrase> search_phrases(std::string_view query) {
  std::vector<Phrase> phrases;
  const std::vector<Found> words = find_words(query);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool together = i > 0 && query.substr(words[i - 1].end, words[i].begin - words[i - 1].end)
                                           .find_first_of(" \t\r\n\f\v\xC2\xE3") == std::string_view::npos;
    if (!together) {
      if (phrases.size() == kMaxPhrases) break;
      phrases.emplace_back();
    }
    if (phrases.back().size() < kMaxWordsInPhrase) phrases.back().push_back(words[i].word);
  }
  return phrases;
}

std::string fts5_query(const std::vector<Phrase>& phrases) {
  std::string query;
  for (const Phrase& phrase : phrases) {
    if (!query.empty()) query += ' ';
    query += '"';
    for (const std::string& word : phrase) query += word + ' ';
    query += '"';
  }
  return query;
}

std::string tsquery(const std::vector<Phrase>& phrases) {
  std::string query;
  for (const Phrase& phrase : phrases) {
    if (!query.empty()) query += " & ";
    for (std::size_t i = 0; i < phrase.size(); ++i) {
      query += i == 0 ? "('" : " <-> '";
      query += phrase[i] + "'";
    }
    query += ')';
  }
  return query;
}

std::string make_snippet(std::string_view text, const std::vector<Phrase>& phrases) {
  const std::vector<Found> words = find_words(text);
  const std::vector<Range> matches = find_matches(words, phrases);
  std::size_t begin = 0;
  std::size_t end = text.size();
  if (text.size() > kLongSnippet && !words.empty()) {
    const std::size_t center = matches.empty() ? 0 : matches.front().first;
    if (center > kWordsBefore) begin = words[center - kWordsBefore].begin;
    if (center + kWordsAfter + 1 < words.size()) end = words[center + kWordsAfter].end;
  }
  std::string snippet = begin > 0 ? "…" : "";
  std::size_t at = begin;
  for (const Range& match : matches) {
    const std::size_t from = words[match.first].begin;
    const std::size_t to = words[match.last].end;
    if (from < begin || to > end) continue;
    snippet.append(text.substr(at, from - at))
        .append("\x02")
        .append(text.substr(from, to - from))
        .append("\x03");
    at = to;
  }
  snippet.append(text.substr(at, end - at));
  if (end < text.size()) snippet += "…";
  return snippet;
}

}  // namespace vat::db

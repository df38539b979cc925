#include "tts/sentence_ends.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

#include "base/ascii.h"
#include "base/script.h"
#include "base/text.h"
#include "tts/abbreviations.h"
#include "tts/code_points.h"
#include "tts/marks.h"

namespace vat::tts {
namespace {

std::u32string code_points_of(std::string_view text) {
  std::u32string points;
  for_each_code_point(
      text, [&](UChar32 point, std::size_t, std::size_t) { points += static_cast<char32_t>(point); });
  return points;
}

std::string utf8_of(std::u32string_view points) {
  std::string text;
  for (const char32_t point : points) icu::UnicodeString(static_cast<UChar32>(point)).toUTF8String(text);
  return text;
}

bool has_category(char32_t point, std::uint32_t mask) {
  return (U_GET_GC_MASK(static_cast<UChar32>(point)) & mask) != 0;
}

bool closes(char32_t point) {
  return point == '"' || point == '\'' || has_category(point, U_GC_PE_MASK | U_GC_PF_MASK);
}

bool opens(char32_t point) {
  return closes(point) || has_category(point, U_GC_PS_MASK | U_GC_PI_MASK) || point == U'¿' || point == U'¡';
}

bool is_roman_number(std::u32string_view word) {
  return !word.empty() && word.find_first_not_of(U"IVXLC") == std::u32string_view::npos;
}

bool is_number_up_to(std::u32string_view word, std::size_t digits) {
  return !word.empty() && word.size() <= digits &&
         std::all_of(word.begin(), word.end(), [](char32_t point) { return point >= '0' && point <= '9'; });
}

/// What stands before a possible end.
struct Before {
  explicit Before(std::u32string_view piece) {
    spaced = !piece.empty() && piece.back() == ' ';
    while (!piece.empty() && piece.back() == ' ') piece.remove_suffix(1);
    std::u32string_view core = piece;
    while (!core.empty() && (closes(core.back()) || core.back() == ' ')) core.remove_suffix(1);
    closed = core.size() < piece.size();
    last = core.empty() ? 0 : core.back();
    const std::size_t space = core.rfind(' ');
    first_word = space == std::u32string_view::npos;
    word = first_word ? core : core.substr(space + 1);
    while (!word.empty() && opens(word.front())) word.remove_prefix(1);
  }

  bool spaced = false;      ///< A space follows.
  bool closed = false;      ///< A quotation or bracket is closed after the mark.
  bool first_word = false;  ///< The sentence is this word alone.
  char32_t last = 0;        ///< The mark that ends it.
  std::u32string_view word;
};

/// What stands behind it.
struct After {
  explicit After(std::u32string_view rest) {
    while (!rest.empty() && (opens(rest.front()) || rest.front() == ' ')) rest.remove_prefix(1);
    first = rest.empty() ? 0 : rest.front();
    std::size_t end = 0;
    while (end < rest.size() && has_category(rest[end], U_GC_L_MASK | U_GC_N_MASK)) ++end;
    // "А. С. Пушкин": initials, though А begins sentences as a word.
    if (end > 1 || end >= rest.size() || rest[end] != '.') word = rest.substr(0, end);
    name_of_one = end > 1 && has_category(first, U_GC_LU_MASK) && has_category(rest[1], U_GC_LL_MASK) &&
                  end + 1 < rest.size() && rest[end] == ' ' && has_category(rest[end + 1], U_GC_LL_MASK);
  }

  char32_t first = 0;
  std::u32string_view word;
  bool name_of_one =
      false;  ///< One capitalised word before one that is not: "Anna left", not "Tim Cook left".
};

class EndJudge {
 public:
  EndJudge(const std::string& language, std::u32string_view paragraph)
      : abbreviations_(Abbreviations::of(language)) {
    const auto letter = std::find_if(paragraph.begin(), paragraph.end(),
                                     [](char32_t point) { return has_category(point, U_GC_L_MASK); });
    has_capitals_ = letter != paragraph.end() && has_category(*letter, U_GC_LU_MASK);
  }

  [[nodiscard]] bool is_end(std::u32string_view piece, std::u32string_view rest) const {
    const Before before(piece);
    const After after(rest);
    constexpr std::u32string_view kSpacedMarks = U".!?…‽‼⁇⁈⁉";
    const bool needs_space = kSpacedMarks.find(before.last) != std::u32string_view::npos;
    if (!before.spaced && needs_space && !is_of_unspaced_script(static_cast<std::int32_t>(after.first)))
      return false;
    if (has_category(after.first, U_GC_LL_MASK) && (before.closed || has_capitals_)) return false;
    return before.last != '.' || before.closed || !seems_to_end(before, after);
  }

 private:
  /// The full stop belongs to the word before it.
  [[nodiscard]] bool seems_to_end(const Before& before, const After& after) const {
    if (before.word.size() < 2) return false;
    const std::u32string_view bare = before.word.substr(0, before.word.size() - 1);
    if (before.first_word && (is_number_up_to(bare, 3) || is_roman_number(bare))) return true;  // "1. Milk"
    const std::string next = utf8_of(after.word);
    const bool opener = abbreviations_->begins_sentences(next);
    if (abbreviations_->has_ordinals() && (is_number_up_to(bare, 3) || is_roman_number(bare))) return !opener;
    switch (abbreviations_->kind_of(utf8_of(before.word))) {
      case Abbreviation::kNone:
        return false;
      case Abbreviation::kLeads:
        return true;
      case Abbreviation::kNumbered:
        return has_category(after.first, U_GC_N_MASK) || is_roman_number(after.word);
      case Abbreviation::kMayEnd:
        return !opener;
      case Abbreviation::kCloses:
        return !opener && (!after.name_of_one || abbreviations_->is_title(next));
    }
    return false;
  }

  std::shared_ptr<const Abbreviations> abbreviations_;
  bool has_capitals_ = false;  ///< Sentences begin with capitals here.
};

/// "« Oui ! » Elle sourit": an end that ICU finds before the mark that closes a quotation is behind it.
/// "Er kam. »Ja«" opens one.
std::size_t with_closing_marks(std::u32string_view text, std::size_t end) {
  while (end < text.size() && closes(text[end]) && (end + 1 == text.size() || text[end + 1] == ' '))
    end = std::min(end + 2, text.size());
  return end;
}

/// The ends that ICU finds, as offsets in UTF-16.
std::vector<std::int32_t> ends_by_icu(const icu::UnicodeString& text, const std::string& language) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> iterator(
      icu::BreakIterator::createSentenceInstance(icu::Locale::createCanonical(language.c_str()), status));
  if (U_FAILURE(status) != 0 || !iterator) return {text.length()};
  iterator->setText(text);
  std::vector<std::int32_t> ends;
  iterator->first();
  for (std::int32_t end = iterator->next(); end != icu::BreakIterator::DONE; end = iterator->next())
    ends.push_back(end);
  return ends;
}

}  // namespace

std::vector<std::string> sentences_of(std::string_view paragraph, const std::string& language) {
  const auto unicode =
      icu::UnicodeString::fromUTF8({paragraph.data(), static_cast<std::int32_t>(paragraph.size())});
  const std::u32string points = code_points_of(paragraph);
  const std::u32string_view all = points;
  const EndJudge judge(language, all);
  std::vector<std::string> sentences;
  std::size_t begin = 0;  // of the sentence, in code points
  std::size_t end = 0;
  std::int32_t end16 = 0;
  for (const std::int32_t next : ends_by_icu(unicode, language)) {
    end += static_cast<std::size_t>(unicode.countChar32(end16, next - end16));
    end16 = next;
    const std::size_t cut = with_closing_marks(all, end);
    if (cut <= begin) continue;
    const std::string piece = utf8_of(all.substr(begin, cut - begin));
    // What has no words goes with the words behind it.
    const bool stands = has_words(piece) && judge.is_end(all.substr(begin, cut - begin), all.substr(cut));
    if (cut < all.size() && !stands) continue;
    sentences.push_back(piece);
    begin = cut;
  }
  return sentences;
}

bool begins_list_item(std::string_view line) {
  constexpr std::u32string_view kBullets = U"-*•‣◦–—·▪●○■□►▶✓✔";
  constexpr std::size_t kEnough = 16;
  const std::u32string points = code_points_of(first_code_points(line, kEnough));
  const std::size_t space = points.find(U' ');
  if (space == std::u32string::npos || space == 0) return false;
  const std::u32string_view marker = std::u32string_view(points).substr(0, space);
  if (marker.size() == 1) return kBullets.find(marker.front()) != std::u32string_view::npos;
  const std::u32string_view bare = marker.substr(0, marker.size() - 1);
  if (marker.back() == '.') return is_number_up_to(bare, 2);
  const bool letter =
      bare.size() == 1 && bare.front() < 0x80 && is_alphanumeric(static_cast<char>(bare.front()));
  return marker.back() == ')' && (letter || is_number_up_to(bare, 2));
}

}  // namespace vat::tts

#include "tts/marks.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/ascii.h"
#include "tts/code_points.h"

namespace vat::tts {
namespace {

struct Place {
  UChar32 point = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

constexpr UChar32 kEmojiPresentation = 0xFE0F;
constexpr UChar32 kTradeMark = 0x2122;
constexpr UChar32 kServiceMark = 0x2120;
constexpr UChar32 kDegree = 0xB0;
/// Punctuation that only decorates: pilcrow, daggers, bullets, asterisms.
constexpr std::u32string_view kOrnaments = U"¶†‡•‣※⁂⁎⁑⁕‖";
/// Drawn in rows to divide a page.
constexpr std::string_view kRuleSigns = "=~_*#^+<>-";
constexpr std::size_t kRuleLength = 3;

bool is_letter_or_number(UChar32 point) { return (U_GET_GC_MASK(point) & (U_GC_L_MASK | U_GC_N_MASK)) != 0; }

/// A symbol made of letters or digits, such as ℃, №, ㎏ or ㈱.
bool is_written_out(UChar32 point) {
  if (point == kTradeMark || point == kServiceMark) return false;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const nfkc = icu::Normalizer2::getNFKCInstance(status);
  if (U_FAILURE(status) != 0) return false;
  const icu::UnicodeString parts = nfkc->normalize(icu::UnicodeString(point), status);
  if (U_FAILURE(status) != 0) return false;
  for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1))
    if (is_letter_or_number(parts.char32At(i))) return true;
  return false;
}

/// Signs of arithmetic have words; arrows and parts of brackets, which Unicode also calls mathematical, have
/// none.
bool is_arithmetic(UChar32 point) {
  constexpr UChar32 kSharp = 0x266F;
  if (point < 0x100) return point != '|';
  return (point >= 0x2200 && point <= 0x22FF) || (point >= 0x2044 && point <= 0x208C) || point == kSharp;
}

bool is_mark(UChar32 point) {
  switch (u_charType(point)) {
    case U_OTHER_SYMBOL:
      return point != kDegree && !is_written_out(point);
    case U_MATH_SYMBOL:
      return !is_arithmetic(point);
    case U_MODIFIER_SYMBOL:
      return u_hasBinaryProperty(point, UCHAR_EMOJI_MODIFIER) != 0;
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
      return true;
    default:
      return kOrnaments.find(static_cast<char32_t>(point)) != std::u32string_view::npos;
  }
}

/// What joins and colours emoji, and goes with them.
bool goes_with_mark(UChar32 point) {
  return u_hasBinaryProperty(point, UCHAR_VARIATION_SELECTOR) != 0 || u_charType(point) == U_FORMAT_CHAR ||
         u_charType(point) == U_ENCLOSING_MARK || u_hasBinaryProperty(point, UCHAR_EMOJI_MODIFIER) != 0;
}

class MarkRemover {
 public:
  explicit MarkRemover(std::string_view text) : text_(text) {
    for_each_code_point(text, [&](UChar32 point, std::size_t begin, std::size_t end) {
      places_.push_back({point, begin, end});
    });
  }

  std::string run() {
    std::string out;
    std::size_t i = 0;
    while (i < places_.size()) {
      const std::size_t count = mark_at(i);
      if (count == 0) {
        const Place& place = places_[i++];
        out += text_.substr(place.begin, place.end - place.begin);
        continue;
      }
      i += count;
      const bool apart = out.empty() || out.back() == ' ' || out.back() == '\n';
      if (!apart && i < places_.size() && is_letter_or_number(places_[i].point)) out += ' ';
    }
    return out;
  }

 private:
  [[nodiscard]] UChar32 at(std::size_t i) const { return i < places_.size() ? places_[i].point : 0; }

  /// How many code points from `i` on are one mark; 0 when it is none.
  [[nodiscard]] std::size_t mark_at(std::size_t i) const {
    if (const std::size_t rule = rule_at(i); rule > 0) return rule;
    const UChar32 point = at(i);
    const bool emoji =
        point > 0x7F && at(i + 1) == kEmojiPresentation && u_hasBinaryProperty(point, UCHAR_EMOJI) != 0;
    if (!emoji && !is_mark(point) && !is_lone_sign(i)) return 0;
    std::size_t count = 1;
    while (i + count < places_.size() && goes_with_mark(at(i + count))) ++count;
    return count;
  }

  [[nodiscard]] std::size_t rule_at(std::size_t i) const {
    const UChar32 point = at(i);
    if (point > 0x7F || kRuleSigns.find(static_cast<char>(point)) == std::string_view::npos) return 0;
    std::size_t count = 1;
    while (at(i + count) == point) ++count;
    return count >= kRuleLength ? count : 0;
  }

  /// "# la la #" and "* sighs *" in captions; "#1", "C#" and "2 * 3" are said.
  [[nodiscard]] bool is_lone_sign(std::size_t i) const {
    constexpr UChar32 kSharp = 0x266F;
    const UChar32 point = at(i);
    if (point != '#' && point != '*' && point != kSharp) return false;
    const bool alone = (i == 0 || u_isUWhiteSpace(at(i - 1)) != 0) &&
                       (i + 1 == places_.size() || u_isUWhiteSpace(at(i + 1)) != 0);
    const bool between_numbers = i >= 2 && u_isdigit(at(i - 2)) != 0 && u_isdigit(at(i + 2)) != 0;
    return alone && !between_numbers;
  }

  std::string_view text_;
  std::vector<Place> places_;
};

}  // namespace

std::string without_marks(std::string_view text) {
  // Most text has none, and needs no list of its code points.
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == ' ' || c == '.' || c == ',' || c == '\'' || c == '?' || c == '!';
  });
  return plain ? std::string(text) : MarkRemover(text).run();
}

bool has_words(std::string_view text) {
  bool found = false;
  for_each_code_point(without_marks(text), [&](UChar32 point, std::size_t, std::size_t) {
    found = found || is_letter_or_number(point) ||
            (u_charType(point) == U_OTHER_SYMBOL && point != kDegree && is_written_out(point));
  });
  return found;
}

}  // namespace vat::tts

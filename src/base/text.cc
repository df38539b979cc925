#include "base/text.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <cstdint>
#include <memory>

namespace vat {
namespace {

/// Calls `visit(code_point)` for each one; a negative value stands for an ill-formed sequence.
template <class Visit>
void for_each_code_point(std::string_view text, Visit visit) {
  const char* const bytes = text.data();
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t i = 0;
  while (i < size) {
    UChar32 point = 0;
    U8_NEXT(bytes, i, size, point);
    visit(point);
  }
}

bool is_wide(UChar32 point) {
  const int width = u_getIntPropertyValue(point, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH;
}

bool takes_no_column(UChar32 point) {
  const int type = u_charType(point);
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR ||
         type == U_CONTROL_CHAR;
}

}  // namespace

bool is_utf8(std::string_view text) {
  bool valid = true;
  for_each_code_point(text, [&](UChar32 point) { valid = valid && point >= 0; });
  return valid;
}

std::string to_utf8(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  std::string text;
  icu::UnicodeString::fromUTF8(icu::StringPiece(bytes.data(), static_cast<std::int32_t>(bytes.size())))
      .toUTF8String(text);
  return text;
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for_each_code_point(text, [&](UChar32) { ++count; });
  return count;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for_each_code_point(text, [&](UChar32 point) {
    if (point < 0) {
      ++width;
    } else if (!takes_no_column(point)) {
      width += is_wide(point) ? 2 : 1;
    }
  });
  return width;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string fold_case(std::string_view text) {
  std::string folded;
  icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())))
      .foldCase()
      .toUTF8String(folded);
  return folded;
}

std::vector<std::string> comparable_words(std::string_view text) {
  const icu::UnicodeString unicode =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())))
          .foldCase();
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> words(
      icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  if (U_FAILURE(status)) return {};
  words->setText(unicode);
  std::vector<std::string> result;
  std::int32_t begin = words->first();
  for (std::int32_t end = words->next(); end != icu::BreakIterator::DONE; begin = end, end = words->next()) {
    if (words->getRuleStatus() == UBRK_WORD_NONE) continue;
    unicode.tempSubStringBetween(begin, end).toUTF8String(result.emplace_back());
  }
  return result;
}

}  // namespace vat

#include "base/text.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "base/ascii.h"

namespace vat {
namespace {

/// A byte of UTF-8 that does not begin a code point.
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

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

std::string_view first_code_points(std::string_view text, std::size_t max) {
  std::size_t seen = 0;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (!is_continuation(text[at]) && ++seen > max) return text.substr(0, at);
  return text;
}

std::string_view first_bytes(std::string_view text, std::size_t max) {
  if (text.size() <= max) return text;
  while (max > 0 && is_continuation(text[max])) --max;
  return text.substr(0, max);
}

std::string_view without_last_code_point(std::string_view text) {
  while (!text.empty() && is_continuation(text.back())) text.remove_suffix(1);
  if (!text.empty()) text.remove_suffix(1);
  return text;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string one_line(std::string_view bytes) {
  std::string text = to_utf8(bytes);
  for (char& c : text)
    if (is_control(c)) c = ' ';
  return std::string(trim(text));
}

void append_item(std::string& list, std::string_view item, std::string_view separator) {
  if (!list.empty()) list += separator;
  list += item;
}

std::string_view take_part(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':  // not after two brackets (section 2.4)
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        // XML has no other control characters (section 2.2).
        if (c == '\t' || c == '\n' || static_cast<unsigned char>(c) >= 0x20) escaped += c;
    }
  }
  return escaped;
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

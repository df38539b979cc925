#include "tts/flite_text.h"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <array>
#include <memory>

#include "base/ascii.h"
#include "tts/marks.h"

namespace vat::tts {
namespace {

/// Null when ICU lacks its transliteration data; the text then passes unchanged.
const icu::Transliterator* latin_ascii() {
  static const std::unique_ptr<const icu::Transliterator> instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<const icu::Transliterator> made(
        icu::Transliterator::createInstance("Any-Latin; Latin-ASCII", UTRANS_FORWARD, status));
    if (U_FAILURE(status) != 0) made.reset();
    return made;
  }();
  return instance.get();
}

bool is_silent(UChar32 point) {
  switch (u_charType(point)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_COMBINING_SPACING_MARK:
    case U_FORMAT_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
    case U_UNASSIGNED:
      return true;
    default:
      return false;
  }
}

bool is_gap(UChar32 point) {
  return u_isUWhiteSpace(point) != 0 || u_iscntrl(point) != 0 || u_ispunct(point) != 0;
}

void append_name(std::string& text, UChar32 point) {
  std::array<char, 128> name{};
  UErrorCode status = U_ZERO_ERROR;
  u_charName(point, U_EXTENDED_CHAR_NAME, name.data(), static_cast<std::int32_t>(name.size()), &status);
  text += ' ';
  if (U_FAILURE(status) != 0) return;
  std::string spoken = name.data();
  // "euro sign" is said as "euro".
  constexpr std::string_view kSign = " SIGN";
  if (spoken.ends_with(kSign)) spoken.resize(spoken.size() - kSign.size());
  for (const char c : spoken) text += c == '-' ? ' ' : to_lower(c);
  text += ' ';
}

}  // namespace

std::string to_flite_text(std::string_view text) {
  auto unicode = icu::UnicodeString::fromUTF8(without_marks(text));
  if (const icu::Transliterator* const transliterator = latin_ascii()) transliterator->transliterate(unicode);
  std::string ascii;
  for (std::int32_t i = 0; i < unicode.length(); i = unicode.moveIndex32(i, 1)) {
    const UChar32 point = unicode.char32At(i);
    if (point >= 0x20 && point < 0x7F) {
      ascii += static_cast<char>(point);
    } else if (is_silent(point)) {
      continue;
    } else if (is_gap(point)) {
      ascii += ' ';
    } else {
      append_name(ascii, point);
    }
  }
  return ascii;
}

}  // namespace vat::tts

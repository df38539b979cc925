#include "subtitles/script.h"

#include <unicode/utf8.h>

#include "base/script.h"

namespace vat::subtitles {

std::int32_t first_code_point(std::string_view text) {
  if (text.empty()) return 0;
  std::int32_t i = 0;
  UChar32 point = 0;
  U8_NEXT_OR_FFFD(text.data(), i, static_cast<std::int32_t>(text.size()), point);
  return point;
}

std::int32_t last_code_point(std::string_view text) {
  if (text.empty()) return 0;
  // Only the last few bytes matter, whatever the length of the text.
  const std::string_view tail = text.substr(text.size() - (text.size() < 8 ? text.size() : 8));
  auto i = static_cast<std::int32_t>(tail.size());
  UChar32 point = 0;
  U8_PREV_OR_FFFD(tail.data(), 0, i, point);
  return point;
}

bool is_unspaced(std::int32_t code_point) {
  // CJK symbols, Kana and full-width forms; Hangul, which writes spaces, is only in its own range.
  if (code_point >= 0x3000 && code_point <= 0x30FF) return true;
  if (code_point >= 0xFF00 && code_point <= 0xFF9F) return true;
  return is_of_unspaced_script(code_point);
}

}  // namespace vat::subtitles

// Walks well-formed UTF-8. Internal to tts.
#pragma once

#include <unicode/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vat::tts {

/// Calls `visit(code_point, begin, end)` for each code point, with byte offsets; the text is well-formed.
template <class Visit>
void for_each_code_point(std::string_view text, Visit visit) {
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t i = 0;
  while (i < size) {
    const std::int32_t begin = i;
    UChar32 point = 0;
    U8_NEXT(text.data(), i, size, point);
    visit(point, static_cast<std::size_t>(begin), static_cast<std::size_t>(i));
  }
}

}  // namespace vat::tts

#include "subtitles/encoding.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <memory>

#include "base/text.h"

namespace vat::subtitles {
namespace {

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

std::string convert(std::string_view bytes, const char* encoding) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, CloseConverter> converter(ucnv_open(encoding, &status));
  if (U_FAILURE(status)) return to_utf8(bytes);
  const icu::UnicodeString unicode(bytes.data(), static_cast<std::int32_t>(bytes.size()), converter.get(),
                                   status);
  std::string text;
  if (U_SUCCESS(status)) unicode.toUTF8String(text);
  // A lone UTF-16 surrogate must not get through.
  return to_utf8(text);
}

/// True when more non-ASCII characters are well-formed UTF-8 than not.
bool is_mostly_utf8(std::string_view bytes) {
  std::size_t good = 0;
  std::size_t bad = 0;
  const auto size = static_cast<std::int32_t>(bytes.size());
  for (std::int32_t i = 0; i < size;) {
    UChar32 point = 0;
    U8_NEXT(bytes.data(), i, size, point);
    if (point < 0) {
      ++bad;
    } else if (point > 0x7F) {
      ++good;
    }
  }
  return good > bad || bad == 0;
}

void replace_zeros(std::string& text) {
  if (text.find('\0') == std::string::npos) return;
  std::string out;
  for (const char c : text) {
    if (c == '\0') {
      out += "\xEF\xBF\xBD";
    } else {
      out += c;
    }
  }
  text = std::move(out);
}

}  // namespace

std::string decode_text(std::string_view bytes) {
  std::string text;
  if (bytes.substr(0, 2) == "\xFF\xFE") {
    text = convert(bytes.substr(2), "UTF-16LE");
  } else if (bytes.substr(0, 2) == "\xFE\xFF") {
    text = convert(bytes.substr(2), "UTF-16BE");
  } else {
    if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
    text = is_mostly_utf8(bytes) ? to_utf8(bytes) : convert(bytes, "windows-1252");
  }
  replace_zeros(text);
  return text;
}

}  // namespace vat::subtitles

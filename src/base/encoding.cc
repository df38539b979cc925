#include "base/encoding.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>

#include "base/legacy_encoding.h"
#include "base/text.h"

namespace vat {
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

/// The byte order of UTF-16 that has no mark; null for anything else. Its ASCII characters, of which every
/// text has spaces and line ends at least, have a zero byte on the same side, and no text has two zeros in
/// one.
const char* unmarked_utf16(std::string_view bytes) {
  constexpr std::size_t kEnough = 4096;
  if (bytes.size() < 4 || bytes.size() % 2 != 0) return nullptr;
  bytes = bytes.substr(0, std::min(bytes.size(), kEnough));
  std::size_t low_zeros = 0;
  std::size_t high_zeros = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    if (bytes[i] == '\0' && bytes[i + 1] == '\0') return nullptr;
    low_zeros += bytes[i] == '\0' ? 1 : 0;
    high_zeros += bytes[i + 1] == '\0' ? 1 : 0;
  }
  constexpr std::size_t kShare = 10;  // one character in ten
  if (std::max(low_zeros, high_zeros) < std::max<std::size_t>(bytes.size() / 2 / kShare, 1)) return nullptr;
  if (low_zeros == 0) return "UTF-16LE";
  return high_zeros == 0 ? "UTF-16BE" : nullptr;
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

std::string decode(std::string_view bytes) {
  using std::string_view_literals::operator""sv;
  std::string text;
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) {
    text = convert(bytes.substr(4), "UTF-32LE");
  } else if (bytes.starts_with("\0\0\xFE\xFF"sv)) {
    text = convert(bytes.substr(4), "UTF-32BE");
  } else if (bytes.substr(0, 2) == "\xFF\xFE") {
    text = convert(bytes.substr(2), "UTF-16LE");
  } else if (bytes.substr(0, 2) == "\xFE\xFF") {
    text = convert(bytes.substr(2), "UTF-16BE");
  } else if (const char* const utf16 = unmarked_utf16(bytes); utf16 != nullptr) {
    text = convert(bytes, utf16);
  } else {
    if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
    text = is_mostly_utf8(bytes) ? to_utf8(bytes) : decode_legacy(bytes);
  }
  return text;
}

}  // namespace

std::string decode_text(std::string_view bytes) {
  std::string text = decode(bytes);
  replace_zeros(text);
  return text;
}

std::string decode_windows_1252(std::string_view bytes) { return convert(bytes, "windows-1252"); }

bool is_text(std::string_view bytes) { return decode(bytes).find('\0') == std::string::npos; }

}  // namespace vat

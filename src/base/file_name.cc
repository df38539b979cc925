#include "base/file_name.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/text.h"

namespace vat {
namespace {

bool is_hidden(UChar32 point) {
  switch (u_charType(point)) {
    case U_CONTROL_CHAR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
      return true;
    case U_FORMAT_CHAR:
      if (u_hasBinaryProperty(point, UCHAR_JOIN_CONTROL) != 0) return false;
      return u_hasBinaryProperty(point, UCHAR_BIDI_CONTROL) != 0 ||
             u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
    default:
      return false;
  }
}

}  // namespace

std::string_view last_path_component(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string visible_name(std::string_view bytes, std::string_view gap) {
  const std::string text = to_utf8(bytes);
  const auto size = static_cast<std::int32_t>(text.size());
  std::string name;
  for (std::int32_t at = 0; at < size;) {
    const std::int32_t begin = at;
    UChar32 point = 0;
    U8_NEXT(text.data(), at, size, point);
    if (at - begin == 1 && is_control(text[static_cast<std::size_t>(begin)]))
      name += gap;
    else if (!is_hidden(point))
      name.append(text, static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin));
  }
  return std::string(trim(name));
}

std::string portable_file_name(std::string_view bytes, std::size_t max_bytes) {
  constexpr std::string_view kSpecial = "/\\:*?\"<>|";
  constexpr std::string_view kEnds = ". ";
  std::string name(first_bytes(visible_name(bytes, ""), max_bytes));
  for (char& c : name)
    if (kSpecial.find(c) != std::string_view::npos) c = '_';
  const std::size_t begin = name.find_first_not_of(kEnds);
  if (begin == std::string::npos) return {};
  return name.substr(begin, name.find_last_not_of(kEnds) + 1 - begin);
}

std::string fitted_file_name(std::string_view stem, std::string_view suffix) {
  if (stem.size() + suffix.size() <= kMaxFileNameBytes) return std::string(stem).append(suffix);
  constexpr std::size_t kDigestLength = 8;
  const std::string mark = "-" + hash_hex(Digest::kSha256, stem).substr(0, kDigestLength);
  const std::size_t room = kMaxFileNameBytes - mark.size() - std::min(suffix.size(), kMaxFileNameBytes / 2);
  return std::string(first_bytes(stem, room)).append(mark).append(suffix);
}

}  // namespace vat

#include "uploads/file_label.h"

#include <cstddef>

#include "base/text.h"

namespace vat::uploads {
namespace {

constexpr std::size_t kLongestExtension = 16;  // code points, with the dot

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Bytes of the first `max` code points of well-formed UTF-8.
std::size_t prefix_bytes(std::string_view text, std::size_t max) {
  std::size_t seen = 0;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (!is_continuation(text[at]) && ++seen > max) return at;
  return text.size();
}

/// U+0080 to U+009F, the marks that reorder text (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), and
/// the separators of lines (U+2028, U+2029): with them "exe.mp3" can be shown for "3pm.exe".
bool is_invisible(std::string_view character) {
  if (character.size() == 2) return character[0] == '\xC2' && static_cast<unsigned char>(character[1]) < 0xA0;
  if (character.size() != 3 || character[0] != '\xE2') return false;
  const auto last = static_cast<unsigned char>(character[2]);
  if (character[1] == '\x80') return last == 0x8E || last == 0x8F || (last >= 0xA8 && last <= 0xAE);
  return character[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
}

std::string without_controls(std::string_view sent) {
  const std::string text = to_utf8(sent);
  std::string clean;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && is_continuation(text[end])) ++end;
    const std::string_view character = std::string_view(text).substr(at, end - at);
    const auto first = static_cast<unsigned char>(character.front());
    if (first < 0x20 || first == 0x7F)
      clean += ' ';
    else if (!is_invisible(character))
      clean += character;
    at = end;
  }
  return std::string(trim(clean));
}

std::string shortened(const std::string& label) {
  if (code_points(label) <= kLongestLabel) return label;
  const std::size_t dot = label.rfind('.');
  const std::string extension = dot == std::string::npos ? "" : label.substr(dot);
  const std::size_t kept = code_points(extension);
  if (kept > kLongestExtension) return label.substr(0, prefix_bytes(label, kLongestLabel));
  return label.substr(0, prefix_bytes(label, kLongestLabel - kept)) + extension;
}

}  // namespace

std::string file_label(std::string_view sent) {
  const std::size_t slash = sent.find_last_of("/\\");
  if (slash != std::string_view::npos) sent.remove_prefix(slash + 1);
  const std::string label = shortened(without_controls(sent));
  if (label.empty() || label.find_first_not_of('.') == std::string::npos) return "recording";
  return label;
}

std::string clean_title(std::string_view sent) {
  const std::string title = without_controls(sent);
  return title.substr(0, prefix_bytes(title, kLongestLabel));
}

}  // namespace vat::uploads

#include "worker/file_stem.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

#include "base/text.h"

namespace vat::worker {
namespace {

constexpr std::size_t kMaxBytes = 150;  // suffixes must fit into the 255 bytes of a name
constexpr std::size_t kLongestExtension = 5;

/// Length in bytes of the code point that begins here, in well-formed UTF-8.
std::size_t length_at(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/// Control characters, and characters that reorder or hide text (Unicode categories Cc and Cf, as far as
/// names can be forged with them).
bool is_invisible(std::string_view c) {
  if (c.size() == 1) return static_cast<unsigned char>(c[0]) < 0x20 || c[0] == 0x7F;
  const auto in = [&](std::string_view low, std::string_view high) { return c >= low && c <= high; };
  if (c.size() == 2) return in("\xC2\x80", "\xC2\x9F");
  if (c.size() == 3) {
    return in("\xE2\x80\x8B", "\xE2\x80\x8F") || in("\xE2\x80\xA8", "\xE2\x80\xAE") ||
           in("\xE2\x81\xA0", "\xE2\x81\xAF") || c == "\xEF\xBB\xBF";
  }
  return false;
}

std::string clean(std::string_view title, std::string_view fallback) {
  constexpr std::string_view kSpecial = "/\\:*?\"<>|";
  const std::string text = to_utf8(title);
  std::string stem;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view c = rest.substr(0, length_at(rest));
    rest.remove_prefix(c.size());
    if (stem.size() + c.size() > kMaxBytes) break;
    if (is_invisible(c)) continue;
    stem += c.size() == 1 && kSpecial.find(c) != std::string_view::npos ? "_" : c;
  }
  const std::size_t begin = stem.find_first_not_of(". ");
  if (begin == std::string::npos) return std::string(fallback);
  return stem.substr(begin, stem.find_last_not_of(". ") + 1 - begin);
}

}  // namespace

std::string recording_stem(std::string_view title) {
  if (const std::size_t slash = title.find_last_of("/\\"); slash != std::string_view::npos)
    title.remove_prefix(slash + 1);
  if (const std::size_t dot = title.rfind('.'); dot != std::string_view::npos && dot > 0) {
    const std::string_view extension = title.substr(dot + 1);
    const bool plain = std::all_of(extension.begin(), extension.end(),
                                   [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; });
    if (plain && extension.size() <= kLongestExtension) title = title.substr(0, dot);
  }
  return clean(title, "recording");
}

std::string text_stem(std::string_view title) { return clean(title, "speech"); }

}  // namespace vat::worker

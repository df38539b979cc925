#include "worker/file_stem.h"

#include <algorithm>
#include <cstddef>

#include "base/ascii.h"
#include "base/file_name.h"

namespace vat::worker {
namespace {

constexpr std::size_t kMaxBytes = 150;  // suffixes must fit into the 255 bytes of a name
constexpr std::size_t kMaxExtensionLength = 5;

std::string stem_or(std::string_view title, std::string_view fallback) {
  std::string stem = portable_file_name(title, kMaxBytes);
  return stem.empty() ? std::string(fallback) : stem;
}

}  // namespace

std::string recording_stem(std::string_view title) {
  title = last_path_component(title);
  if (const std::size_t dot = title.rfind('.'); dot != std::string_view::npos && dot > 0) {
    const std::string_view extension = title.substr(dot + 1);
    const bool plain = std::all_of(extension.begin(), extension.end(), is_alphanumeric);
    if (plain && extension.size() <= kMaxExtensionLength) title = title.substr(0, dot);
  }
  return stem_or(title, "recording");
}

std::string text_stem(std::string_view title) { return stem_or(title, "speech"); }

}  // namespace vat::worker

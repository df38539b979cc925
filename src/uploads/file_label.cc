#include "uploads/file_label.h"

#include <cstddef>

#include "base/file_name.h"
#include "base/text.h"

namespace vat::uploads {
namespace {

constexpr std::size_t kMaxExtensionLength = 16;  // code points, with the dot

std::string shortened(std::string_view label) {
  if (code_points(label) <= kMaxLabelLength) return std::string(label);
  const std::size_t dot = label.rfind('.');
  const std::string_view extension = dot == std::string_view::npos ? "" : label.substr(dot);
  const std::size_t kept = code_points(extension);
  if (kept > kMaxExtensionLength) return std::string(first_code_points(label, kMaxLabelLength));
  return std::string(first_code_points(label, kMaxLabelLength - kept)).append(extension);
}

}  // namespace

std::string file_label(std::string_view sent) {
  const std::string label = shortened(visible_name(last_path_component(sent)));
  if (label.find_first_not_of('.') == std::string::npos) return "recording";
  return label;
}

std::string clean_title(std::string_view sent) {
  return std::string(first_code_points(visible_name(sent), kMaxLabelLength));
}

}  // namespace vat::uploads

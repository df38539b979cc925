// Suggestions for mistyped names.
#pragma once

#include <span>
#include <string_view>

namespace vat::catalog {

/// The candidate with the smallest edit distance from `text` (Levenshtein, in bytes); empty if that is more
/// than two.
[[nodiscard]] std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates);

}  // namespace vat::catalog

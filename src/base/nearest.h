// Suggestions for mistyped names. Every function may be called from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace vat {

/// Levenshtein distance in bytes.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the smallest edit distance from `text`; empty if that is more than two.
[[nodiscard]] std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates);

}  // namespace vat

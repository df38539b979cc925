// What a user may have meant by a name with a slip of the fingers in it.
#pragma once

#include <span>
#include <string_view>

namespace vat::catalog {

/// The candidate that the fewest insertions, deletions and replacements of a byte make of `text`
/// (Levenshtein); empty when even that takes more than two.
[[nodiscard]] std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates);

}  // namespace vat::catalog

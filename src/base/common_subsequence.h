// What two sequences of words have in common.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vat {

/// A longest common subsequence: the positions of its words in `a` and in `b`, ascending in both. Of several
/// it is the one whose words come first in `b`. Takes time and memory (4 bytes each) proportional to the
/// product of both lengths, which the caller bounds. Any thread.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> common_subsequence(
    std::span<const std::string> a, std::span<const std::string> b);

}  // namespace vat

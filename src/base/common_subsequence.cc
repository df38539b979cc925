#include "base/common_subsequence.h"

#include <algorithm>
#include <cstdint>

namespace vat {

std::vector<std::pair<std::size_t, std::size_t>> common_subsequence(std::span<const std::string> a,
                                                                    std::span<const std::string> b) {
  // How many words a from i on and b from j on have in common.
  const std::size_t width = b.size() + 1;
  std::vector<std::uint32_t> table((a.size() + 1) * width, 0);
  const auto cell = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return table[i * width + j]; };
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;)
      cell(i, j) = a[i] == b[j] ? cell(i + 1, j + 1) + 1 : std::max(cell(i + 1, j), cell(i, j + 1));
  }
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i] == b[j])
      pairs.emplace_back(i++, j++);
    else if (cell(i + 1, j) >= cell(i, j + 1))
      ++i;
    else
      ++j;
  }
  return pairs;
}

}  // namespace vat

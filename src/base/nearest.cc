#include "base/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace vat {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t k = 0; k < b.size(); ++k) {
      const std::size_t replaced = diagonal + (a[i] == b[k] ? 0 : 1);
      diagonal = row[k + 1];
      row[k + 1] = std::min({replaced, row[k] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates) {
  constexpr std::size_t kMaxSlips = 2;
  constexpr std::size_t kMaxBytes = 64;
  if (text.size() > kMaxBytes) return {};
  std::string_view best;
  std::size_t min = kMaxSlips + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t slips = edit_distance(text, candidate);
    if (slips < min) {
      min = slips;
      best = candidate;
    }
  }
  return best;
}

}  // namespace vat

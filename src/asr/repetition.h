// Finds the rounds of a loop in a sequence of words. Internal to the removal of hallucinations.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace vat::asr {

/// words[begin, begin + period * rounds) are `rounds` times the same `period` words.
struct Loop {
  std::size_t begin = 0;
  std::size_t period = 0;
  std::size_t rounds = 0;

  [[nodiscard]] std::size_t end() const { return begin + period * rounds; }
};

/// Loops in order, which do not overlap, of three rounds or more, that `is_unsaid` accepts. Of those that
/// begin at the same word, the longest, with the shortest period.
[[nodiscard]] std::vector<Loop> find_loops(const std::vector<std::string>& words,
                                           const std::function<bool(const Loop&)>& is_unsaid);

}  // namespace vat::asr

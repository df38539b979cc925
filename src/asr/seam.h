// Decides where the words of one chunk end and those of the next begin in their overlap. Internal to
// Stitcher.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/time.h"

namespace vat::asr {

/// A word in the recording's time.
struct SeamWord {
  Millis start{0};
  Millis end{0};
  std::string key;  ///< Of word_key(); equal keys are the same word.

  [[nodiscard]] Millis middle() const { return start + (end - start) / 2; }
};

/// The text keeps the left chunk's first `left_count` words and then the right chunk's from `right_first` on.
struct Seam {
  std::size_t left_count = 0;
  std::size_t right_first = 0;

  friend bool operator==(const Seam&, const Seam&) = default;
};

/// `left`: the last words of the earlier chunk, `right`: the first ones of the later, up to the end of the
/// overlap. `cut`: the quietest place in the overlap. `tolerance`: how much the two may disagree on a word's
/// time.
[[nodiscard]] Seam find_seam(std::span<const SeamWord> left, std::span<const SeamWord> right, Millis cut,
                             Millis tolerance);

}  // namespace vat::asr

// Lines of a cue. Private to the module.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "subtitles/units.h"

namespace vat::subtitles {

/// Counts the lines that units fill, one unit after the other, each line as full as it can be: the fewest
/// lines.
class LineCounter {
 public:
  /// `limit` in columns; 0: none.
  explicit LineCounter(std::size_t limit) : limit_(limit) {}
  /// Returns true when the unit starts a new line.
  bool add(const Unit& unit);
  [[nodiscard]] std::size_t lines() const { return lines_; }

 private:
  std::size_t limit_;
  std::size_t lines_ = 0;
  std::size_t width_ = 0;
};

/// The units in as few lines of at most `limit` columns as they fit; among those, lines that break at better
/// places and are balanced, the bottom one preferably longer. A unit wider than the limit has its own line.
[[nodiscard]] std::vector<std::string> wrap(std::span<const Unit> units, std::size_t limit);

}  // namespace vat::subtitles

#include "subtitles/wrap.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vat::subtitles {
namespace {

/// More lines than this are running text, not a subtitle; their lines are filled.
constexpr std::size_t kMaxBalancedLines = 3;
/// A line or cue of one word this short looks forgotten.
constexpr std::size_t kShortLineWord = 5;

double line_break_cost(BreakQuality quality) {
  switch (quality) {
    case BreakQuality::kSentence:
      return 0;
    case BreakQuality::kClause:
      return 4;
    case BreakQuality::kPhrase:
      return 9;
    case BreakQuality::kPlain:
      return 16;
    case BreakQuality::kBad:
      return 26;
  }
  return 0;
}

/// Finds the cheapest way to divide units into a given number of lines.
class Balancer {
 public:
  Balancer(std::span<const Unit> units, std::size_t limit, std::size_t lines)
      : units_(units),
        limit_(limit),
        lines_(lines),
        cost_((lines + 1) * (units.size() + 1), kImpossible),
        from_(cost_.size(), 0) {
    target_ = static_cast<double>(joined_width(units)) / static_cast<double>(lines);
  }

  /// Starts of the lines after the first; empty when it is impossible.
  std::vector<std::size_t> breaks() {
    cost_[0] = 0;
    for (std::size_t line = 0; line < lines_; ++line) {
      for (std::size_t begin = 0; begin < units_.size(); ++begin) extend(line, begin);
    }
    std::vector<std::size_t> result;
    std::size_t at = units_.size();
    if (cost_[index(lines_, at)] >= kImpossible) return result;
    for (std::size_t line = lines_; line > 1; --line) {
      at = from_[index(line, at)];
      result.push_back(at);
    }
    std::reverse(result.begin(), result.end());
    return result;
  }

 private:
  static constexpr double kImpossible = std::numeric_limits<double>::max();

  [[nodiscard]] std::size_t index(std::size_t line, std::size_t at) const {
    return line * (units_.size() + 1) + at;
  }

  void extend(std::size_t line, std::size_t begin) {
    const double so_far = cost_[index(line, begin)];
    if (so_far >= kImpossible) return;
    std::size_t width = 0;
    for (std::size_t end = begin + 1; end <= units_.size(); ++end) {
      const Unit& unit = units_[end - 1];
      width += unit.width + (end - 1 > begin && !unit.joined ? 1 : 0);
      if (width > limit_ && end - begin > 1) return;
      const double cost = so_far + line_cost(line, begin, end, width);
      const std::size_t to = index(line + 1, end);
      if (cost >= cost_[to]) continue;
      cost_[to] = cost;
      from_[to] = begin;
    }
  }

  [[nodiscard]] double line_cost(std::size_t line, std::size_t begin, std::size_t end,
                                 std::size_t width) const {
    const bool last = line + 1 == lines_;
    // A target just under the mean for all lines but the last makes the bottom line the longer one.
    const double target = last ? target_ : target_ * 0.94;
    double cost = 20 * std::abs(static_cast<double>(width) - target) / static_cast<double>(limit_);
    if (!last) cost += line_break_cost(units_[end - 1].after);
    if (end - begin == 1 && width <= kShortLineWord) cost += 25;
    return cost;
  }

  std::span<const Unit> units_;
  std::size_t limit_;
  std::size_t lines_;
  double target_ = 0;
  std::vector<double> cost_;
  std::vector<std::size_t> from_;
};

}  // namespace

bool LineCounter::add(const Unit& unit) {
  const std::size_t wider = width_ + unit.width + (lines_ > 0 && !unit.joined ? 1 : 0);
  const bool new_line = lines_ == 0 || (limit_ > 0 && wider > limit_);
  width_ = new_line ? unit.width : wider;
  lines_ += new_line ? 1 : 0;
  return new_line;
}

std::vector<std::string> wrap(std::span<const Unit> units, std::size_t limit) {
  LineCounter counter(limit);
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (counter.add(units[i])) begins.push_back(i);
  }
  if (begins.size() > 1 && begins.size() <= kMaxBalancedLines) {
    const std::vector<std::size_t> breaks = Balancer(units, limit, begins.size()).breaks();
    if (!breaks.empty()) std::copy(breaks.begin(), breaks.end(), begins.begin() + 1);
  }
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const std::size_t end = i + 1 < begins.size() ? begins[i + 1] : units.size();
    lines.push_back(joined_text(units.subspan(begins[i], end - begins[i])));
  }
  return lines;
}

}  // namespace vat::subtitles

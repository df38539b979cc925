#include "asr/seam.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace vat::asr {
namespace {

/// left[`left`] and right[`right`] are the same word.
struct Match {
  std::size_t left = 0;
  std::size_t right = 0;
  std::int64_t worth = 0;
};

/// Successive matches of words that are consecutive in both chunks.
struct Run {
  std::size_t first = 0;  // index of a Match
  std::size_t length = 0;
  std::int64_t worth = 0;
};

Millis distance(const SeamWord& a, const SeamWord& b) { return std::chrono::abs(a.middle() - b.middle()); }

/// The longest common subsequence of words that are also close in time; of several, the one with the closest
/// times.
std::vector<Match> align(std::span<const SeamWord> left, std::span<const SeamWord> right, Millis tolerance) {
  const std::size_t width = right.size() + 1;
  // Value of the best alignment of left[i..] with right[j..]; a match is worth more than any closeness in
  // time.
  std::vector<std::int64_t> worth((left.size() + 1) * width, 0);
  const auto gain = [&](std::size_t i, std::size_t j) -> std::int64_t {
    if (left[i].key != right[j].key) return 0;
    const std::int64_t nearness =
        std::max<std::int64_t>(0, (tolerance - distance(left[i], right[j])).count());
    return nearness * nearness;
  };
  for (std::size_t i = left.size(); i-- > 0;) {
    for (std::size_t j = right.size(); j-- > 0;) {
      const std::int64_t matched = gain(i, j);
      worth[i * width + j] = std::max({worth[(i + 1) * width + j], worth[i * width + j + 1],
                                       matched > 0 ? matched + worth[(i + 1) * width + j + 1] : 0});
    }
  }
  std::vector<Match> matches;
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    const std::int64_t matched = gain(i, j);
    if (matched > 0 && worth[i * width + j] == matched + worth[(i + 1) * width + j + 1]) {
      matches.push_back({i++, j++, matched});
    } else if (worth[i * width + j] == worth[(i + 1) * width + j]) {
      ++i;
    } else {
      ++j;
    }
  }
  return matches;
}

/// The run with the highest value; of several, the one whose middle is closest to the cut.
std::optional<Run> best_run(const std::vector<Match>& matches, std::span<const SeamWord> left, Millis cut) {
  std::optional<Run> best;
  Millis best_distance(0);
  for (std::size_t first = 0; first < matches.size();) {
    Run run{first, 1, matches[first].worth};
    while (first + run.length < matches.size() &&
           matches[first + run.length].left == matches[first].left + run.length &&
           matches[first + run.length].right == matches[first].right + run.length) {
      run.worth += matches[first + run.length++].worth;
    }
    first += run.length;
    const Millis away = std::chrono::abs(left[matches[run.first + (run.length - 1) / 2].left].middle() - cut);
    if (best && (run.length < best->length || (run.length == best->length && away >= best_distance)))
      continue;
    best = run;
    best_distance = away;
  }
  return best;
}

/// The two chunks have different words, so time alone decides. The right starts where the left really ends
/// rather than at the cut, so that a word across the cut is taken exactly once.
Seam seam_by_time(std::span<const SeamWord> left, std::span<const SeamWord> right, Millis cut) {
  const Millis end = std::max(cut, right.front().start);
  const auto past =
      std::find_if(left.begin(), left.end(), [&](const SeamWord& word) { return word.middle() >= end; });
  const auto left_count = static_cast<std::size_t>(past - left.begin());
  if (left_count == 0) return {0, 0};
  const Millis begin = left[left_count - 1].end;
  const auto first =
      std::find_if(right.begin(), right.end(), [&](const SeamWord& word) { return word.middle() >= begin; });
  return {left_count, static_cast<std::size_t>(first - right.begin())};
}

}  // namespace

Seam find_seam(std::span<const SeamWord> left, std::span<const SeamWord> right, Millis cut,
               Millis tolerance) {
  if (left.empty() || right.empty()) return {left.size(), 0};
  const std::vector<Match> matches = align(left, right, tolerance);
  const std::optional<Run> run = best_run(matches, left, cut);
  if (!run) return seam_by_time(left, right, cut);
  const Match middle = matches[run->first + (run->length - 1) / 2];
  // A single word may be another "the"; it counts only if it is clearly the same one.
  if (run->length == 1 && distance(left[middle.left], right[middle.right]) > tolerance / 3) {
    return seam_by_time(left, right, cut);
  }
  return {middle.left + 1, middle.right + 1};
}

}  // namespace vat::asr

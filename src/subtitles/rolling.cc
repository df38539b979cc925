#include "subtitles/rolling.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"

namespace vat::subtitles {
namespace {

/// Cues with less between them follow at once.
constexpr Millis kAtOnce{150};
/// A cue that is shown so briefly only holds a line between two others.
constexpr Millis kBrief{100};

bool follows_at_once(const Cue& before, const Cue& cue) { return cue.start - before.end <= kAtOnce; }

/// How many lines at the end of `before` are those at the front of `cue`.
std::size_t repeated_lines(const Cue& before, const Cue& cue) {
  for (std::size_t count = std::min(before.lines.size(), cue.lines.size()); count > 0; --count) {
    if (std::equal(cue.lines.begin(), cue.lines.begin() + static_cast<std::ptrdiff_t>(count),
                   before.lines.end() - static_cast<std::ptrdiff_t>(count)))
      return count;
  }
  return 0;
}

/// "so here" before "so here is": the line is written on.
bool grows(const Cue& before, const Cue& cue) {
  const std::string shorter = join(before.lines, " ");
  const std::string longer = join(cue.lines, " ");
  return longer.size() > shorter.size() && longer.starts_with(shorter) && longer[shorter.size()] == ' ';
}

/// What the next cue does to the one before it.
enum class Roll {
  kNone,
  kGlimpse,  ///< Holds its last lines for a moment.
  kAdds,     ///< Repeats lines and adds others.
  kGrows,    ///< Repeats its text and adds words.
  kRepeats,  ///< Is its end once more, for as long as any cue.
};

Roll roll_of(const Cue& before, const Cue& cue) {
  if (!follows_at_once(before, cue) || before.speaker != cue.speaker) return Roll::kNone;
  const std::size_t repeated = repeated_lines(before, cue);
  if (repeated > 0 && repeated < cue.lines.size()) return Roll::kAdds;
  if (repeated > 0) {
    const Millis shortest = std::min(before.end - before.start, cue.end - cue.start);
    return shortest <= kBrief ? Roll::kGlimpse : Roll::kRepeats;
  }
  return grows(before, cue) ? Roll::kGrows : Roll::kNone;
}

bool is_rolling(const std::vector<Cue>& cues) {
  std::size_t neighbours = 0;
  std::size_t rolling = 0;
  for (std::size_t i = 1; i < cues.size(); ++i) {
    if (!follows_at_once(cues[i - 1], cues[i])) continue;
    ++neighbours;
    const Roll roll = roll_of(cues[i - 1], cues[i]);
    if (roll != Roll::kNone && roll != Roll::kRepeats) ++rolling;
  }
  return rolling > 0 && rolling * 2 >= neighbours;
}

}  // namespace

std::vector<Cue> join_rolling_captions(std::vector<Cue> cues) {
  if (!is_rolling(cues)) return cues;
  std::vector<Cue> joined;
  Cue shown;             // the cue before, as the file has it
  std::size_t gone = 0;  // its first lines that earlier cues have
  for (Cue& cue : cues) {
    const Roll roll = joined.empty() ? Roll::kNone : roll_of(shown, cue);
    if (roll == Roll::kGlimpse || roll == Roll::kRepeats) {
      joined.back().end = std::max(joined.back().end, cue.end);
      gone =
          cue.lines.size() > joined.back().lines.size() ? cue.lines.size() - joined.back().lines.size() : 0;
    } else {
      Cue next = cue;
      if (roll == Roll::kNone) gone = 0;
      if (roll == Roll::kAdds) gone = repeated_lines(shown, cue);
      if (roll == Roll::kGrows) {
        gone = std::min(gone, next.lines.size() - 1);
        next.start = joined.back().start;
        joined.pop_back();
      }
      next.lines.erase(next.lines.begin(), next.lines.begin() + static_cast<std::ptrdiff_t>(gone));
      joined.push_back(std::move(next));
    }
    shown = std::move(cue);
  }
  return joined;
}

}  // namespace vat::subtitles

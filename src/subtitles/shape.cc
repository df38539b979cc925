#include "subtitles/shape.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/text.h"
#include "domain/speaker_edits.h"
#include "subtitles/units.h"
#include "subtitles/wrap.h"

namespace vat::subtitles {
namespace {

/// A longer silence always ends a cue.
constexpr Millis kPause{1000};
/// A noticeable silence: a good place for the end of a cue, a poor one for its middle.
constexpr Millis kShortPause{300};
/// Minimum display time per word if broken times give a cue's words no duration.
constexpr Millis kMinDuration{100};
/// A cue of one word this short looks forgotten.
constexpr std::size_t kShortWord = 6;
/// No cue has more units, even of characters without width.
constexpr std::size_t kMaxUnits = 256;
constexpr Millis kFar{std::chrono::hours(2'000'000)};

constexpr std::string_view kDash = "- ";

/// A cue without lines and times yet: units [begin, end).
struct Group {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t second = 0;  ///< Where somebody else begins a line of the same cue; 0: nowhere.
};

/// How long `columns` of text in `words` words must be shown to be read.
Millis reading_time(const Preset& preset, std::size_t columns, std::size_t words) {
  Millis time = std::max(preset.minimum_duration, preset.minimum_per_word * static_cast<std::int64_t>(words));
  if (preset.characters_per_second > 0) {
    const double millis = std::ceil(static_cast<double>(columns) * 1000 / preset.characters_per_second);
    time = std::max(time, Millis(static_cast<std::int64_t>(std::min(millis, 1e12))));
  }
  return std::clamp(time, Millis(0), kFar);
}

double break_cost(BreakQuality quality) {
  switch (quality) {
    case BreakQuality::kSentence:
      return 0;
    case BreakQuality::kClause:
      return 8;
    case BreakQuality::kPhrase:
      return 16;
    case BreakQuality::kPlain:
      return 28;
    case BreakQuality::kBad:
      return 45;
  }
  return 0;
}

/// Divides the units between two pauses into cues at minimum cost, by dynamic programming over the cues'
/// ends. The costs weigh poor breaks, rushed cues and additional cues against one another.
class BlockSplitter {
 public:
  BlockSplitter(const std::vector<Unit>& units, const Preset& preset, Group block)
      : units_(units),
        preset_(preset),
        block_(block),
        best_(block.end - block.begin + 1, kImpossible),
        from_(best_.size(), 0) {}

  void split(std::vector<Group>& groups) {
    best_[0] = 0;
    for (std::size_t begin = block_.begin; begin < block_.end; ++begin) extend(begin);
    const std::size_t first = groups.size();
    for (std::size_t end = block_.end; end > block_.begin; end = from_[end - block_.begin]) {
      groups.push_back({from_[end - block_.begin], end, 0});
    }
    std::reverse(groups.begin() + static_cast<std::ptrdiff_t>(first), groups.end());
  }

 private:
  static constexpr double kImpossible = std::numeric_limits<double>::max();
  static constexpr double kCueCost = 12;
  static constexpr double kSecondSentenceCost = 14;
  static constexpr double kInnerPauseCost = 8;
  static constexpr double kForgottenWordCost = 15;

  void extend(std::size_t begin) {
    LineCounter counter(preset_.characters_per_line);
    double inner = 0;
    std::size_t width = 0;
    std::size_t words = 0;
    const std::size_t max = std::min(block_.end, begin + kMaxUnits);
    for (std::size_t end = begin + 1; end <= max; ++end) {
      const Unit& unit = units_[end - 1];
      counter.add(unit);
      if (counter.lines() > preset_.lines && end - begin > 1) return;
      if (end - begin > 1) inner += inner_cost(end - 1);
      width += unit.width + (end - begin > 1 && !unit.joined ? 1 : 0);
      words += unit.words;
      const double cost = best_[begin - block_.begin] + kCueCost + inner + end_cost(begin, end, width) +
                          time_cost(begin, end, reading_time(preset_, width, words));
      double& best = best_[end - block_.begin];
      if (cost >= best) continue;
      best = cost;
      from_[end - block_.begin] = begin;
    }
  }

  /// The cost of continuing a cue across the place before `at`.
  [[nodiscard]] double inner_cost(std::size_t at) const {
    const Unit& before = units_[at - 1];
    double cost = before.after == BreakQuality::kSentence ? kSecondSentenceCost : 0;
    if (units_[at].start - before.end >= kShortPause) cost += kInnerPauseCost;
    return cost;
  }

  [[nodiscard]] double end_cost(std::size_t begin, std::size_t end, std::size_t width) const {
    const bool alone = end - begin == 1 && block_.end - block_.begin > 1;
    double cost = alone && width <= kShortWord ? kForgottenWordCost : 0;
    if (end == block_.end) return cost;
    const bool paused = units_[end].start - units_[end - 1].end >= kShortPause;
    return cost + break_cost(units_[end - 1].after) * (paused ? 0.5 : 1);
  }

  [[nodiscard]] double time_cost(std::size_t begin, std::size_t end, Millis needed) const {
    const Millis start = units_[begin].start;
    const Millis room = (end < units_.size() ? units_[end].start - preset_.gap : kFar) - start;
    double cost = 0;
    if (room < needed) {
      const double missing = std::min(1.0, to_seconds(needed - room) / to_seconds(needed));
      cost += 15 + 60 * missing;
    }
    const Millis speech = units_[end - 1].end - start;
    if (preset_.maximum_duration > Millis(0) && speech > preset_.maximum_duration) {
      cost += 50 + 50 * (to_seconds(speech) / to_seconds(preset_.maximum_duration) - 1);
    }
    return cost;
  }

  const std::vector<Unit>& units_;
  const Preset& preset_;
  Group block_;
  std::vector<double> best_;
  std::vector<std::size_t> from_;
};

std::vector<Group> make_groups(const std::vector<Unit>& units, const Preset& preset) {
  std::vector<Group> groups;
  std::size_t begin = 0;
  for (std::size_t end = 1; end <= units.size(); ++end) {
    const bool last = end == units.size();
    const bool by_segment = preset.lines == 0;
    const bool ends =
        last || (by_segment ? units[end].segment != units[end - 1].segment
                            : units[end].start - units[end - 1].end > kPause || units[end].new_speaker);
    if (!ends) continue;
    if (by_segment) {
      groups.push_back({begin, end, 0});
    } else {
      BlockSplitter(units, preset, {begin, end, 0}).split(groups);
    }
    begin = end;
  }
  return groups;
}

/// Joins what two people say in turn, a line each.
class DialoguePairs {
 public:
  DialoguePairs(const Transcript& transcript, const std::vector<Unit>& units, const Preset& preset)
      : transcript_(transcript), units_(units), preset_(preset) {}

  [[nodiscard]] std::vector<Group> join(const std::vector<Group>& groups) const {
    std::vector<Group> joined;
    for (const Group group : groups) {
      if (!joined.empty() && fit(joined.back(), group))
        joined.back() = {joined.back().begin, group.end, group.begin};
      else
        joined.push_back(group);
    }
    return joined;
  }

 private:
  [[nodiscard]] bool fit(Group one, Group other) const {
    const Unit& first = units_[one.begin];
    const Unit& second = units_[other.begin];
    return one.second == 0 && second.new_speaker && second.start - units_[one.end - 1].end <= kPause &&
           units_[other.end - 1].end - first.start <= preset_.maximum_duration && is_known_line(one) &&
           is_known_line(other);
  }
  [[nodiscard]] bool is_known_line(Group group) const {
    if (transcript_.segments[units_[group.begin].segment].speaker.empty()) return false;
    const auto units = std::span(units_).subspan(group.begin, group.end - group.begin);
    return joined_width(units) + (units.front().new_speaker ? 0 : kDash.size()) <=
           preset_.characters_per_line;
  }

  const Transcript& transcript_;
  const std::vector<Unit>& units_;
  const Preset& preset_;
};

std::size_t columns(const Cue& cue) {
  std::size_t sum = 0;
  for (const std::string& line : cue.lines) sum += display_width(line);
  return sum;
}

std::size_t count_words(const std::vector<Unit>& units, Group group) {
  std::size_t words = 0;
  for (std::size_t i = group.begin; i < group.end; ++i) words += units[i].words;
  return words;
}

/// Sets the cues' times, first to last. Each call sets the end of one cue, knowing where the next one starts.
class Timer {
 public:
  Timer(const std::vector<Unit>& units, const Preset& preset, Millis recording)
      : units_(units), preset_(preset), recording_(recording) {}

  void time(Cue& cue, Group group, std::optional<Group> next) {
    cue.start = std::max(units_[group.begin].start, earliest_);
    const Millis needed = reading_time(preset_, columns(cue), count_words(units_, group));
    const Millis longest = preset_.maximum_duration > Millis(0) ? preset_.maximum_duration : kFar;
    const Unit& last = units_[group.end - 1];
    cue.end = std::max(last.end, cue.start + std::min(needed, longest));
    // A last word that the engine stretched over a silence is cut; one that is spoken late is not.
    if (cue.end > cue.start + longest && last.start < cue.start + longest) cue.end = cue.start + longest;
    const Millis limit = next ? units_[next->begin].start - preset_.gap : std::max(recording_, last.end);
    const bool flickers = next && cue.end < limit && limit + preset_.gap - cue.end < preset_.chain_below;
    if (flickers && limit - cue.start <= longest) cue.end = limit;
    cue.end = std::max(std::min(cue.end, limit), cue.start + kMinDuration);
    earliest_ = cue.end + preset_.gap;
  }

 private:
  const std::vector<Unit>& units_;
  const Preset& preset_;
  Millis recording_;
  Millis earliest_{0};
};

/// `label`: columns before the first line.
void report(const Cue& cue, std::size_t number, std::size_t words, std::size_t label, const Preset& preset,
            std::vector<CueProblem>& problems) {
  const double seconds = to_seconds(cue.end - cue.start);
  const double speed = static_cast<double>(columns(cue)) / seconds;
  if (preset.characters_per_second > 0 && speed > preset.characters_per_second + 1e-6) {
    problems.push_back({number, CueFault::kTooFast, speed, preset.characters_per_second});
  }
  Preset durations = preset;
  durations.characters_per_second = 0;
  const double min = to_seconds(reading_time(durations, 0, words));
  if (seconds < min) problems.push_back({number, CueFault::kTooShort, seconds, min});
  const double max = to_seconds(preset.maximum_duration);
  if (max > 0 && seconds > max) problems.push_back({number, CueFault::kTooLong, seconds, max});
  for (const std::string& line : cue.lines) {
    const std::size_t width = display_width(line) + std::exchange(label, 0);
    if (preset.characters_per_line == 0 || width <= preset.characters_per_line) continue;
    problems.push_back({number, CueFault::kLineTooLong, static_cast<double>(width),
                        static_cast<double>(preset.characters_per_line)});
  }
}

/// The group's lines and speakers.
Cue make_cue(const Transcript& transcript, std::span<const Unit> units, const Preset& preset, Group group) {
  const auto speaker_at = [&](std::size_t unit) {
    return speaker_label(transcript, transcript.segments[units[unit].segment].speaker);
  };
  const std::size_t end = group.second > 0 ? group.second : group.end;
  Cue cue;
  cue.speaker = speaker_at(group.begin);
  cue.dashed = preset.dashes;
  cue.lines = wrap(units.subspan(group.begin, end - group.begin), preset.characters_per_line);
  const bool changes = group.begin > 0 && units[group.begin].new_speaker && !cue.speaker.empty();
  if (preset.dashes && (changes || group.second > 0)) cue.lines.front().insert(0, kDash);
  if (group.second > 0) {
    cue.last_speaker = speaker_at(group.second);
    cue.lines.push_back(std::string(kDash) + joined_text(units.subspan(end, group.end - end)));
  }
  return cue;
}

/// The preset with invalid values removed.
Preset bounded(Preset preset) {
  for (Millis* time : {&preset.minimum_duration, &preset.minimum_per_word, &preset.maximum_duration,
                       &preset.gap, &preset.chain_below}) {
    *time = std::clamp(*time, Millis(0), Millis(std::chrono::hours(1)));
  }
  return preset;
}

}  // namespace

ShapedCues shape(const Transcript& transcript, const Preset& asked) {
  const Preset preset = bounded(asked);
  const std::vector<Unit> units = make_units(transcript, preset.characters_per_line, preset.dashes);
  std::vector<Group> groups = make_groups(units, preset);
  if (preset.dashes) groups = DialoguePairs(transcript, units, preset).join(groups);
  ShapedCues shaped;
  shaped.preset = preset.name;
  // Without a stated length the last cue may stay as long as it needs.
  Timer timer(units, preset, transcript.duration > Millis(0) ? transcript.duration : kFar);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Group group = groups[i];
    Cue cue = make_cue(transcript, units, preset, group);
    const bool named = units[group.begin].new_speaker && !cue.dashed && !cue.speaker.empty();
    const std::size_t label = named ? display_width(cue.speaker) + 2 : 0;
    timer.time(cue, group, i + 1 < groups.size() ? std::optional(groups[i + 1]) : std::nullopt);
    report(cue, i + 1, count_words(units, group), label, preset, shaped.problems);
    shaped.cues.push_back(std::move(cue));
  }
  return shaped;
}

}  // namespace vat::subtitles

#include "subtitles/fixes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "base/text.h"
#include "subtitles/break_quality.h"
#include "subtitles/shape.h"
#include "subtitles/units.h"

namespace vat::subtitles {
namespace {

/// Segments before and after a cue that are shaped again to see what a change does.
constexpr std::size_t kNeighbours = 3;
/// A longer stretch is not shaped again for each of its problems.
constexpr std::size_t kMaxWindowBytes = 16U * 1024;
constexpr int kMaxAttempts = 500;

/// Words that say nothing, and small ones that are repeated when somebody searches for the next.
struct SpareWords {
  std::string_view language;
  std::array<std::string_view, 6> hesitations;
  std::array<std::string_view, 14> repeated;
};
constexpr std::array<SpareWords, 4> kSpareWords = {{
    {"en",
     {"um", "uh", "uhm", "erm", "hmm", "mhm"},
     {"i", "the", "a", "and", "to", "of", "in", "we", "you", "it", "is", "he", "they", "but"}},
    {"de",
     {"äh", "ähm", "öh", "öhm", "hm", "hmm"},
     {"ich", "das", "und", "zu", "in", "wir", "es", "ist", "ein", "eine", "auf", "mit", "aber", "er"}},
    {"es",
     {"eh", "em", "mmm", "hmm", "eeh", "ehm"},
     {"yo", "el", "la", "y", "de", "en", "un", "una", "los", "las", "es", "con", "pero", "que"}},
    {"fr",
     {"euh", "heu", "hum", "hmm", "euhm", "mmh"},
     {"je", "le", "la", "et", "de", "un", "une", "les", "des", "est", "il", "elle", "dans", "mais"}},
}};

const SpareWords* spare_words(std::string_view language) {
  for (const SpareWords& words : kSpareWords)
    if (words.language == language) return &words;
  return nullptr;
}

template <class List>
bool has(const List& list, std::string_view word) {
  return !word.empty() && std::find(list.begin(), list.end(), word) != list.end();
}

/// Folded, without punctuation around it.
std::string bare(std::string_view word) {
  std::string folded = fold_case(trim(word));
  const auto is_mark = [](char c) {
    return std::string_view(".,;:!?\"'()-").find(c) != std::string_view::npos;
  };
  while (!folded.empty() && is_mark(folded.back())) folded.pop_back();
  while (!folded.empty() && is_mark(folded.front())) folded.erase(0, 1);
  return folded;
}

bool has_mark(std::string_view word) { return word.find_first_of(".,;:!?\"()") != std::string_view::npos; }

/// Whether the word at `at` can go.
bool is_spare(const std::vector<Word>& words, std::size_t at, const SpareWords& spare) {
  const std::string& text = words[at].text;
  if (ends_sentence(text)) return false;
  const std::string word = bare(text);
  if (has(spare.hesitations, word)) return true;
  return at + 1 < words.size() && !has_mark(text) && has(spare.repeated, word) &&
         bare(words[at + 1].text) == word;
}

/// A sentence still begins with a capital letter.
void keep_capital(const std::string& removed, std::string& next) {
  if (removed.empty() || next.empty() || removed.front() < 'A' || removed.front() > 'Z') return;
  if (next.front() >= 'a' && next.front() <= 'z') next.front() = static_cast<char>(next.front() - 'a' + 'A');
}

std::size_t text_bytes(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return c != ' '; }));
}

class Proposer {
 public:
  Proposer(const Transcript& transcript, const Preset& preset, const ShapedCues& shaped)
      : transcript_(transcript),
        preset_(preset),
        shaped_(shaped),
        units_(make_units(transcript, preset.characters_per_line)) {
    place_cues();
  }

  std::optional<CueFix> propose(const CueProblem& problem) {
    const bool about_time = problem.fault == CueFault::kTooFast || problem.fault == CueFault::kTooShort;
    const std::size_t cue = problem.cue - 1;
    if (!about_time || cue >= first_units_.size() || ++attempts_ > kMaxAttempts) return std::nullopt;
    const Millis missing = missing_time(problem);
    if (missing <= kMaxMove) {
      if (auto fix = start_earlier(cue, missing); fix && helps(*fix)) return fix;
      if (auto fix = stay_longer(cue, missing); fix && helps(*fix)) return fix;
    }
    if (auto fix = shorten(cue); fix && helps(*fix)) return fix;
    return std::nullopt;
  }

 private:
  /// Which units each cue has: its text is theirs, in order.
  void place_cues() {
    std::size_t at = 0;
    for (const Cue& cue : shaped_.cues) {
      if (at >= units_.size()) return;
      first_units_.push_back(at);
      std::size_t left = 0;
      for (const std::string& line : cue.lines) left += text_bytes(line);
      while (left > 0 && at < units_.size()) {
        const std::size_t bytes = text_bytes(units_[at++].text);
        left -= std::min(left, bytes);
      }
    }
  }
  [[nodiscard]] std::size_t end_unit(std::size_t cue) const {
    return cue + 1 < first_units_.size() ? first_units_[cue + 1] : units_.size();
  }

  /// How much longer the cue would have to be shown.
  [[nodiscard]] Millis missing_time(const CueProblem& problem) const {
    const Cue& cue = shaped_.cues[problem.cue - 1];
    const double shown = to_seconds(cue.end - cue.start);
    const double needed =
        problem.fault == CueFault::kTooFast ? shown * problem.measured / problem.limit : problem.limit;
    return Millis(static_cast<std::int64_t>(std::ceil((needed - shown) * 1000)) + 1);
  }

  /// The segment of the unit with the unit's word, and the segment if it begins with it, starting at `to`.
  [[nodiscard]] std::optional<CueFix> moved(FixKind kind, std::size_t unit, Millis to) const {
    CueFix fix{.kind = kind, .segment = units_[unit].segment};
    fix.edited = transcript_.segments[fix.segment];
    const Millis from = units_[unit].start;
    fix.moved = from > to ? from - to : to - from;
    Segment& segment = fix.edited;
    const bool first = unit == 0 || units_[unit - 1].segment != fix.segment;
    if (segment.words.empty() && !first) return std::nullopt;
    if (first) segment.start = to;
    if (!segment.words.empty()) {
      const auto word = std::find_if(segment.words.begin(), segment.words.end(),
                                     [&](const Word& one) { return one.start == from; });
      if (word == segment.words.end()) return std::nullopt;
      word->start = to;
      word->end = std::max(word->end, to);
      if (word != segment.words.begin() && std::prev(word)->start > to) return std::nullopt;
      if (std::next(word) != segment.words.end() && std::next(word)->start < to) return std::nullopt;
    }
    segment.end = std::max(segment.end, segment.start);
    return fix;
  }

  [[nodiscard]] std::optional<CueFix> start_earlier(std::size_t cue, Millis missing) const {
    const Millis start = shaped_.cues[cue].start - missing;
    const Millis earliest = cue > 0 ? shaped_.cues[cue - 1].end + preset_.gap : Millis(0);
    // Not before what is spoken before it, which is in another cue.
    const std::size_t unit = first_units_[cue];
    if (start < earliest || (unit > 0 && start < units_[unit - 1].end)) return std::nullopt;
    return moved(FixKind::kStartEarlier, unit, start);
  }

  [[nodiscard]] std::optional<CueFix> stay_longer(std::size_t cue, Millis missing) const {
    if (cue + 1 >= first_units_.size()) return std::nullopt;
    const std::size_t unit = first_units_[cue + 1];
    return moved(FixKind::kStayLonger, unit, shaped_.cues[cue].end + preset_.gap + missing);
  }

  [[nodiscard]] std::optional<CueFix> shorten(std::size_t cue) const {
    const std::size_t begin = first_units_[cue];
    const std::size_t end = end_unit(cue);
    for (std::size_t index = units_[begin].segment; index <= units_[end - 1].segment; ++index) {
      const Segment& segment = transcript_.segments[index];
      const SpareWords* const spare =
          spare_words(segment.language.empty() ? transcript_.language : segment.language);
      // Only where the words are the text.
      if (spare == nullptr || join_words(segment.words) != trim(segment.text)) continue;
      CueFix fix{.kind = FixKind::kShorten, .segment = index};
      fix.edited = segment;
      const Millis from = units_[begin].start;
      const Millis until = units_[end - 1].start;
      remove_spare(fix.edited, from, until, *spare);
      if (fix.edited.words.size() == segment.words.size() || fix.edited.words.empty()) continue;
      fix.edited.text = join_words(fix.edited.words);
      return fix;
    }
    return std::nullopt;
  }
  static void remove_spare(Segment& segment, Millis from, Millis until, const SpareWords& spare) {
    std::vector<Word>& words = segment.words;
    for (std::size_t at = words.size(); at-- > 0;) {
      if (words[at].start < from || words[at].start > until || !is_spare(words, at, spare)) continue;
      if (at + 1 < words.size()) keep_capital(words[at].text, words[at + 1].text);
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }

  /// Whether there are fewer problems around the segment afterwards.
  [[nodiscard]] bool helps(const CueFix& fix) const {
    Transcript window;
    window.language = transcript_.language;
    const std::vector<Segment>& all = transcript_.segments;
    const std::size_t first = fix.segment - std::min(fix.segment, kNeighbours);
    const std::size_t last = std::min(all.size(), fix.segment + kNeighbours + 1);
    window.segments.assign(all.begin() + static_cast<std::ptrdiff_t>(first),
                           all.begin() + static_cast<std::ptrdiff_t>(last));
    window.duration = last == all.size() ? transcript_.duration : all[last].start;
    std::size_t bytes = 0;
    for (const Segment& segment : window.segments) bytes += segment.text.size();
    if (bytes > kMaxWindowBytes) return false;
    const std::size_t before = shape(window, preset_).problems.size();
    window.segments[fix.segment - first] = fix.edited;
    if (find_time_fault(window.segments)) return false;
    return shape(window, preset_).problems.size() < before;
  }

  const Transcript& transcript_;
  const Preset& preset_;
  const ShapedCues& shaped_;
  const std::vector<Unit> units_;
  std::vector<std::size_t> first_units_;  ///< By cue.
  int attempts_ = 0;
};

}  // namespace

std::string_view fix_name(FixKind kind) {
  switch (kind) {
    case FixKind::kShorten:
      return "shorten";
    case FixKind::kStartEarlier:
      return "start_earlier";
    case FixKind::kStayLonger:
      return "stay_longer";
  }
  return "";
}

std::vector<std::optional<CueFix>> propose_fixes(const Transcript& transcript, const Preset& preset,
                                                 const ShapedCues& shaped) {
  Proposer proposer(transcript, preset, shaped);
  std::vector<std::optional<CueFix>> fixes;
  for (const CueProblem& problem : shaped.problems) fixes.push_back(proposer.propose(problem));
  return fixes;
}

}  // namespace vat::subtitles

#include "subtitles/units.h"

#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "domain/speaker_edits.h"
#include "subtitles/break_quality.h"
#include "subtitles/line_text.h"
#include "subtitles/script.h"

namespace vat::subtitles {
namespace {

/// Columns of ": " behind a name, and of "- ".
constexpr std::size_t kLabelEnd = 2;

/// No recording is longer, whatever a transcript says; the limit keeps sums of times from overflowing.
constexpr Millis kMaxTime{std::chrono::hours(1'000'000)};

/// A word, or a part of one, before line breaks are known.
struct Piece {
  std::string text;
  bool joined = false;
  Millis start{0};
  Millis end{0};
};

struct CloseText {
  void operator()(UText* text) const { utext_close(text); }
};

Millis clamp_time(Millis time) { return std::clamp(time, Millis(0), kMaxTime); }

/// The time at `done` of `total` columns.
Millis between(Millis start, Millis end, std::size_t done, std::size_t total) {
  if (total == 0) return start;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  return start + Millis(static_cast<std::int64_t>(static_cast<double>((end - start).count()) * share));
}

std::vector<std::string> split_at_spaces(std::string_view text) {
  std::vector<std::string> parts;
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t end = std::min(text.find(' ', i), text.size());
    if (end > i) parts.emplace_back(text.substr(i, end - i));
    i = end + 1;
  }
  return parts;
}

/// Appends the words of `text`, spread over its time by width.
void append_pieces(std::vector<Piece>& pieces, std::string_view text, bool joined, Millis start, Millis end) {
  start = clamp_time(start);
  end = std::max(clamp_time(end), start);
  const std::vector<std::string> parts = split_at_spaces(one_line(text));
  std::size_t total = 0;
  for (const std::string& part : parts) total += display_width(part) + 1;
  std::size_t done = 0;
  for (const std::string& part : parts) {
    const std::size_t width = display_width(part) + 1;
    pieces.push_back({part, joined && done == 0, between(start, end, done, total),
                      between(start, end, done + width, total)});
    done += width;
  }
}

std::vector<Piece> segment_pieces(const Segment& segment, bool joined) {
  std::vector<Piece> pieces;
  for (const Word& word : segment.words) append_pieces(pieces, word.text, word.joined, word.start, word.end);
  if (pieces.empty()) append_pieces(pieces, segment.text, joined, segment.start, segment.end);
  return pieces;
}

/// Byte offsets in `text` of the boundaries that the iterator finds.
std::vector<std::size_t> boundaries(const std::string& text, std::unique_ptr<icu::BreakIterator> iterator,
                                    UErrorCode status) {
  std::vector<std::size_t> found;
  if (U_FAILURE(status)) return found;
  const std::unique_ptr<UText, CloseText> bytes(
      utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status));
  if (U_SUCCESS(status)) iterator->setText(bytes.get(), status);
  if (U_FAILURE(status)) return found;
  for (std::int32_t at = iterator->first(); at != icu::BreakIterator::DONE; at = iterator->next()) {
    found.push_back(static_cast<std::size_t>(at));
  }
  return found;
}

/// Where a line may break (UAX #14).
std::vector<std::size_t> line_breaks(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> lines(
      icu::BreakIterator::createLineInstance(icu::Locale::getRoot(), status));
  return boundaries(text, std::move(lines), status);
}

/// Where words begin and end (UAX #29; by dictionary in scripts without spaces).
std::vector<std::size_t> word_breaks(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> words(
      icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  return boundaries(text, std::move(words), status);
}

std::size_t next_character(std::string_view text, std::size_t at) {
  return at + first_code_points(text.substr(at), 1).size();
}

/// True where a script without spaces may be cut: not before a combining mark.
bool is_unspaced_boundary(std::string_view text, std::size_t at) {
  const std::string_view next = text.substr(at, next_character(text, at) - at);
  const bool unspaced =
      is_unspaced(last_code_point(text.substr(0, at))) || is_unspaced(first_code_point(next));
  return unspaced && display_width(next) > 0;
}

/// Splits the pieces of one segment into units.
class UnitCutter {
 public:
  UnitCutter(std::vector<Unit>& units, std::size_t segment, std::size_t line_limit)
      : units_(units), segment_(segment), first_(units.size()), limit_(line_limit) {}

  void cut(const std::vector<Piece>& pieces) {
    std::string text;
    for (const Piece& piece : pieces) {
      if (!text.empty() && !piece.joined) text += ' ';
      text += piece.text;
    }
    breaks_ = line_breaks(text);
    words_ = word_breaks(text);
    std::size_t begin = 0;
    for (const Piece& piece : pieces) {
      if (begin > 0 && !piece.joined) ++begin;
      add(piece, begin);
      begin += piece.text.size();
    }
  }

 private:
  [[nodiscard]] bool may_break(std::size_t at) const {
    return std::binary_search(breaks_.begin(), breaks_.end(), at);
  }
  [[nodiscard]] bool inside_word(std::size_t at) const {
    return !std::binary_search(words_.begin(), words_.end(), at);
  }

  /// Offsets in the piece's text where it is cut, from 0 to its size.
  [[nodiscard]] std::vector<std::size_t> cuts(const std::string& text, std::size_t begin) const {
    std::vector<std::size_t> result = {0};
    std::size_t width = 0;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t next = next_character(text, at);
      const std::size_t step = display_width(std::string_view(text).substr(at, next - at));
      if (at > 0 && is_unspaced_boundary(text, at) &&
          (may_break(begin + at) || (limit_ > 0 && width + step > limit_))) {
        result.push_back(at);
        width = 0;
      }
      width += step;
      at = next;
    }
    result.push_back(text.size());
    return result;
  }

  void add(const Piece& piece, std::size_t begin) {
    const std::vector<std::size_t> at = cuts(piece.text, begin);
    const std::size_t total = display_width(piece.text);
    std::size_t done = 0;
    for (std::size_t i = 0; i + 1 < at.size(); ++i) {
      Unit unit;
      unit.text = piece.text.substr(at[i], at[i + 1] - at[i]);
      unit.joined = i > 0 || piece.joined;
      unit.mid_word = inside_word(begin + at[i]);
      unit.width = display_width(unit.text);
      unit.words = i == 0 ? 1 : 0;
      unit.start = between(piece.start, piece.end, done, total);
      done += unit.width;
      unit.end = i + 2 == at.size() ? piece.end : between(piece.start, piece.end, done, total);
      unit.segment = segment_;
      push(std::move(unit), i > 0 || may_break(begin));
    }
  }

  /// A unit before which no line may break is joined to the previous one, unless that would overfill a line.
  void push(Unit unit, bool may_break_before) {
    const bool first = units_.size() == first_;
    const std::size_t space = unit.joined ? 0 : 1;
    const bool fits = first || limit_ == 0 || units_.back().width + space + unit.width <= limit_;
    if (first || may_break_before || (!unit.joined && !fits)) {
      units_.push_back(std::move(unit));
      return;
    }
    Unit& last = units_.back();
    if (!unit.joined) last.text += ' ';
    last.text += unit.text;
    last.width += space + unit.width;
    last.words += unit.joined ? 0 : unit.words;
    last.end = std::max(last.end, unit.end);
  }

  std::vector<Unit>& units_;
  std::size_t segment_;
  std::size_t first_;
  std::size_t limit_;
  std::vector<std::size_t> breaks_;
  std::vector<std::size_t> words_;
};

/// Makes times ascend and rates the break after each unit.
void finish_units(std::vector<Unit>& units, std::string_view language) {
  for (std::size_t i = 0; i < units.size(); ++i) {
    Unit& unit = units[i];
    if (i > 0) unit.start = std::max(unit.start, units[i - 1].start);
    unit.end = std::max(unit.end, unit.start);
    const bool last = i + 1 == units.size();
    unit.after = judge_break(unit.text, last ? std::string_view() : units[i + 1].text, language);
    if (!last && units[i + 1].mid_word) unit.after = BreakQuality::kBad;
    const bool ends_segment = last || units[i + 1].segment != unit.segment;
    if (ends_segment) unit.after = std::min(unit.after, BreakQuality::kClause);
  }
}

/// Notes where the speaker changes.
void mark_speakers(std::vector<Unit>& units, const Transcript& transcript, bool dashes) {
  std::string before;
  for (Unit& unit : units) {
    const std::string& speaker = transcript.segments[unit.segment].speaker;
    unit.new_speaker = speaker != before;
    if (!unit.new_speaker) continue;
    before = speaker;
    const std::size_t label = display_width(speaker_label(transcript, speaker));
    if (label > 0) unit.width += (dashes ? 0 : label) + kLabelEnd;
  }
}

}  // namespace

std::vector<Unit> make_units(const Transcript& transcript, std::size_t line_limit, bool dashes) {
  std::vector<Unit> units;
  for (std::size_t i = 0; i < transcript.segments.size(); ++i) {
    const Segment& segment = transcript.segments[i];
    const bool joined = !units.empty() && joins_without_space(units.back().text, trim(segment.text));
    UnitCutter(units, i, line_limit).cut(segment_pieces(segment, joined));
  }
  finish_units(units, transcript.task == "translate" ? std::string_view("en") : transcript.language);
  if (!transcript.speakers.empty()) mark_speakers(units, transcript, dashes);
  return units;
}

std::size_t joined_width(std::span<const Unit> units) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < units.size(); ++i)
    width += units[i].width + (i > 0 && !units[i].joined ? 1 : 0);
  return width;
}

std::string joined_text(std::span<const Unit> units) {
  std::string text;
  for (const Unit& unit : units) {
    if (!text.empty() && !unit.joined) text += ' ';
    text += unit.text;
  }
  return text;
}

}  // namespace vat::subtitles

// The units of text that cues are made of: the text between two possible line breaks. Private to the module.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "domain/transcript.h"

namespace vat::subtitles {

/// How good a place is for the end of a line or a cue, best first.
enum class BreakQuality {
  kSentence,  ///< After the end of a sentence.
  kClause,    ///< After a comma or similar, or where the engine ended a segment.
  kPhrase,    ///< Before a conjunction or a preposition.
  kPlain,     ///< Between any two words.
  kBad,       ///< After an article, a preposition, a title.
};

struct Unit {
  std::string text;         ///< UTF-8, not empty.
  bool joined = false;      ///< No space before it.
  bool mid_word = false;    ///< Begins inside a word of a script without spaces.
  Millis start{0};          ///< Never before the start of the unit before it.
  Millis end{0};            ///< Never before `start`.
  std::size_t width = 0;    ///< Columns.
  std::size_t words = 0;    ///< Words that begin in it.
  std::size_t segment = 0;  ///< Index in the transcript.
  /// Somebody else speaks than before. `width` includes the speaker's label or the dash, which may be written
  /// before it.
  bool new_speaker = false;
  BreakQuality after = BreakQuality::kPlain;
};

/// All words of the transcript in order. Text of scripts without spaces is cut where UAX #14 lets a line
/// break, and where even that leaves a piece wider than `line_limit` columns (0: none), between characters.
/// `dashes`: as in Preset.
[[nodiscard]] std::vector<Unit> make_units(const Transcript& transcript, std::size_t line_limit,
                                           bool dashes = false);

/// Columns of the units in one line.
[[nodiscard]] std::size_t joined_width(std::span<const Unit> units);
/// The units in one line, spaces where they belong.
[[nodiscard]] std::string joined_text(std::span<const Unit> units);

}  // namespace vat::subtitles

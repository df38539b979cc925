// Subtitle cues, the presets that they are shaped to, and the report of those that could not meet their
// preset.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace vat::subtitles {

/// One subtitle on the screen.
struct Cue {
  Millis start{0};
  Millis end{0};
  std::vector<std::string> lines;  ///< UTF-8, top line first, without line ends.
  std::string speaker;             ///< Empty when unknown.
  std::string last_speaker;        ///< Who speaks the last line, if somebody else does.
  bool dashed = false;             ///< Dashes in the lines say where somebody else speaks, so no name does.

  friend bool operator==(const Cue&, const Cue&) = default;
};

/// The limits that cues are shaped to. Zero in any field means that there is no such limit. A "character" is
/// one column: a Chinese, Japanese or Korean character counts as two, a combining mark as none.
struct Preset {
  std::string name;
  std::size_t characters_per_line = 0;
  std::size_t lines = 0;             ///< Lines in a cue; zero makes one cue of each segment.
  double characters_per_second = 0;  ///< Reading speed, spaces and punctuation included.
  Millis minimum_duration{0};
  Millis minimum_per_word{0};  ///< Reading time for each word, where a guideline counts words.
  Millis maximum_duration{0};
  Millis gap{0};          ///< Minimum time between the end of a cue and the start of the next.
  Millis chain_below{0};  ///< A shorter gap than this would flicker, so it is closed down to `gap`.
  bool dashes = false;    ///< A dash before the line says that somebody else speaks; two may share a cue.
};

/// netflix, netflix-other, shorts, bbc, dialogue and plain; their sources are in cues.cc and docs/formats.md.
[[nodiscard]] std::span<const Preset> presets();
/// kInvalidArgument, listing the names, for an unknown one.
[[nodiscard]] Result<Preset> find_preset(std::string_view name);

enum class CueFault {
  kTooFast,      ///< Measured and limit in characters per second.
  kTooShort,     ///< In seconds.
  kTooLong,      ///< In seconds.
  kLineTooLong,  ///< In characters (columns).
};

/// "too_fast", "too_short", "too_long", "line_too_long".
[[nodiscard]] std::string_view fault_name(CueFault fault);

/// A limit that a cue does not meet.
struct CueProblem {
  std::size_t cue = 0;  ///< Number as in an SRT file: the first cue is 1.
  CueFault fault = CueFault::kTooFast;
  double measured = 0;
  double limit = 0;

  friend bool operator==(const CueProblem&, const CueProblem&) = default;
};

/// "Cue 12 is read at 24.3 characters per second; the limit is 20."
[[nodiscard]] std::string describe(const CueProblem& problem);

/// The result of shaping a transcript.
struct ShapedCues {
  std::string preset;
  std::vector<Cue> cues;             ///< In order of time, without overlap.
  std::vector<CueProblem> problems;  ///< In order of cues.
};

}  // namespace vat::subtitles

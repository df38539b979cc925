// Who says what within a cue.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "subtitles/cues.h"

namespace vat::subtitles {

/// What one person says in a cue.
struct CueTurn {
  Millis start{0};
  Millis end{0};
  std::string text;      ///< In one line.
  std::string speaker;   ///< The name; empty when the cue does not tell it.
  bool changes = false;  ///< It is somebody else than in the turn before, of the same cue.
};

/// Whether dashes at the beginning of lines say that somebody else speaks: where a cue has two such lines.
/// Any thread.
[[nodiscard]] bool uses_dashes(std::span<const Cue> cues);

/// The turns of a cue, one at least. They share its time by the length of their texts. `dashes`: begin turns,
/// and are no part of the text. Any thread.
[[nodiscard]] std::vector<CueTurn> cue_turns(const Cue& cue, bool dashes);

}  // namespace vat::subtitles

// Captions that roll up, as live captioning and YouTube's recogniser make them: each new line is shown below
// the one before, so a file has every line two or three times.
#pragma once

#include <vector>

#include "subtitles/cues.h"

namespace vat::subtitles {

/// The cues with each line once, at the time when it first appears. Joined are lines that a cue repeats from
/// the end of the cue that it follows at once, and text that grows from cue to cue; but only if that is the
/// way of the file, that is, of at least half of the cues that follow another at once: "No." twice in a
/// dialogue stays. `cues` are in order of their start. Any thread.
[[nodiscard]] std::vector<Cue> join_rolling_captions(std::vector<Cue> cues);

}  // namespace vat::subtitles

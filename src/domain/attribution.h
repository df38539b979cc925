// Who says which words of a transcript, from the turns of its speakers. Every function may be called from any
// thread.
#pragma once

#include <string>
#include <vector>

#include "domain/speakers.h"
#include "domain/transcript.h"

namespace vat {

/// Gives the words to those whose turns cover them: a word outside of all turns to the nearest within a
/// second, a single word between two of somebody else, and one that would be cut off its sentence, only if
/// the turns leave no doubt. Segments are split where the speaker changes. What nobody is near stays without
/// a speaker. `turns` in any order; `names`: of their speakers by number, as far as they have names. The
/// transcript's speakers, numbered in the order of their first words, and turns are replaced; turns of
/// impossible times or speakers are left out.
void attribute_speakers(Transcript& transcript, std::vector<SpeakerTurn> turns,
                        const std::vector<std::string>& names = {});

/// Marks the segments that others speak over, by the transcript's turns.
void mark_overlaps(Transcript& transcript);

}  // namespace vat

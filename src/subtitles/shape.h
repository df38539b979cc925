// Turns recognised words into readable subtitle cues.
#pragma once

#include "domain/transcript.h"
#include "subtitles/cues.h"

namespace vat::subtitles {

/// The transcript as cues within the preset's limits, and every limit that a cue could not meet.
///
/// Every word appears once and in order. Cues end at the ends of sentences first, then at other punctuation,
/// then before conjunctions and prepositions (English, German, French, Spanish), and always at a silence of
/// more than one second. A cue that needs more time stays into the silence after it, but never past the next
/// cue's start less the gap. Times are in order, cues do not overlap, and the gap is kept; a cue starts late
/// only where the words before it leave no time. A segment without word times is spread over its length by
/// the width of its text.
///
/// Any thread; no I/O. Any value of any field of the preset and the transcript is accepted.
[[nodiscard]] ShapedCues shape(const Transcript& transcript, const Preset& preset);

}  // namespace vat::subtitles

// Normalises the text of a chunk, whichever engine it comes from.
#pragma once

#include "base/time.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Makes the times of a chunk of this length ascend: engines estimate them, and occasionally one is before
/// the previous or outside the chunk. Segments start in order, words start in order within theirs, and none
/// ends before it starts.
void put_in_order(ChunkText& text, Millis length);

/// Adds `by` to every time.
void shift(ChunkText& text, Millis by);

}  // namespace vat::asr

// What every engine's answer must be like before it is kept.
#pragma once

#include "base/time.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Makes the times of a chunk of this length run forward: engines estimate them, and now and then one stands
/// before the last or outside the chunk. Segments start in order, words start in order within theirs, and
/// none ends before it starts.
void put_in_order(ChunkText& text, Millis length);

}  // namespace vat::asr

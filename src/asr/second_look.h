// A guess that is too short for what was said is recognised once more. Internal to asr.
#pragma once

#include <stop_token>

#include "asr/chunk_planner.h"
#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Whisper may leave out the beginning of a sentence and spread the rest, of which it is unsure, over all of
/// its time, so that coverage misses nothing. Recognises each improbable segment with hardly any text for its
/// speech again, in a window of its own; what is said there takes its place if it has more words and is
/// likelier. The number of windows is bounded. `text` is in order and filtered, and is so afterwards. Errors
/// are the recogniser's.
[[nodiscard]] Result<> look_again_at_guesses(Recognizer& recognizer, const Chunk& chunk,
                                             const RecognitionOptions& options, ChunkText& text,
                                             const std::stop_token& stop);

}  // namespace vat::asr

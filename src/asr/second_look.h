// Guesses are recognised once more. Internal to asr.
#pragma once

#include <stop_token>

#include "asr/chunk_planner.h"
#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Whisper may leave out the beginning of a sentence and spread the rest, of which it is unsure, over all of
/// its time, so that coverage misses nothing. Or it completes a sentence that was cut off, or in which the
/// speaker pauses, with words that nobody said. Recognises each improbable segment again, in a window of its
/// own. What is said there takes its place if it is likelier and has more words where there was hardly any
/// text for the speech, or if it is much likelier and has about as many elsewhere. The number of windows is
/// bounded. `text` is in order and filtered, and is so afterwards. Errors are the recogniser's.
[[nodiscard]] Result<> look_again_at_guesses(Recognizer& recognizer, const Chunk& chunk,
                                             const RecognitionOptions& options, ChunkText& text,
                                             const std::stop_token& stop);

}  // namespace vat::asr

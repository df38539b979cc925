// Speech that a recogniser left out is given to it once more. Whisper ends a window early when it takes the
// last timestamp for the end of all speech, and may leave out a sentence among others; every program on it
// loses text so. Internal to asr.
#pragma once

#include <stop_token>

#include "asr/chunk.h"
#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Recognises every second or more of the chunk's speech on which no word of `text` lies again, in a window
/// of its own, then with the sound before it, then at another temperature, until it has words or all three
/// brought none; adds the words to `text`, in order and without repeating those around them. The number of
/// windows is bounded. `text` is in order and filtered, and is so afterwards. Errors are the recogniser's.
[[nodiscard]] Result<> recover_speech(Recognizer& recognizer, const Chunk& chunk,
                                      const RecognitionOptions& options, ChunkText& text,
                                      const std::stop_token& stop);

}  // namespace vat::asr

// Recognition with a prompt, from which no speech is lost. Internal to asr.
#pragma once

#include <stop_token>

#include "asr/chunk.h"
#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Recognises the chunk. A prompt makes Whisper leave out speech: it ends a window after its first words,
/// whose times it spreads over all that is said, or guesses at its beginning. A chunk with such a text is
/// recognised again without the prompt, and the text with more words stays. In order and within the chunk.
/// Errors are the recogniser's.
[[nodiscard]] Result<ChunkText> recognize_prompted(Recognizer& recognizer, const Chunk& chunk,
                                                   const RecognitionOptions& options,
                                                   const std::stop_token& stop);

}  // namespace vat::asr

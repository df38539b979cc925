// Recognition with a prompt, from which no speech is lost. Internal to asr.
#pragma once

#include <stop_token>

#include "asr/chunk.h"
#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Recognises the chunk. A prompt makes Whisper leave out speech, or write the prompt instead of it. So with
/// one, the chunk is recognised both with and without it, and the prompted text is taken if it is the other
/// one in other words: nowhere more than two words more or fewer. It has the times of the other one, because
/// prompts spoil them, too. In order and within the chunk. Errors are the recogniser's.
[[nodiscard]] Result<ChunkText> recognize_prompted(Recognizer& recognizer, const Chunk& chunk,
                                                   const RecognitionOptions& options,
                                                   const std::stop_token& stop);

}  // namespace vat::asr

// Recognition of a part of a chunk, for those who look at some of its speech once more. Internal to asr.
#pragma once

#include <stop_token>

#include "asr/chunk_planner.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// What is said in `window`, as far as it lies in the chunk, from the frame on in which it begins. In order,
/// with sounds apart and filtered; times are the chunk's. Errors are the recogniser's.
[[nodiscard]] Result<ChunkText> recognize_part(Recognizer& recognizer, const Chunk& chunk,
                                               const TimeSpan& window, const RecognitionOptions& options,
                                               const std::stop_token& stop);

}  // namespace vat::asr

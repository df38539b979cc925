// Where the language changes within a chunk. Internal to asr.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "asr/chunk.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// A stretch of a chunk in which one language is spoken.
struct LanguagePart {
  Chunk chunk;      ///< One piece, whose times begin at zero.
  Millis begin{0};  ///< In the chunk that was divided.
  std::string language;
};

/// Detects the language of each stretch of speech of about two seconds and more, cut in pauses, and joins
/// those that follow each other in the same one. Where the recogniser is in doubt, the language is that of
/// the speech before, in the chunk's first speech that of the speech after; `usual` if there is no other. The
/// parts are in order, without gaps, at least one. Errors are the recogniser's.
[[nodiscard]] Result<std::vector<LanguagePart>> divide_by_language(Recognizer& recognizer, const Chunk& chunk,
                                                                   const std::string& usual,
                                                                   const std::stop_token& stop);

}  // namespace vat::asr

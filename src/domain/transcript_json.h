// What a chunk gave, as JSON text and back without loss, for checkpoints. Consumed by the stores of
// checkpoints. Every function may be called from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/recognizer.h"

namespace vat {

/// One JSON object (RFC 8259) in one line, UTF-8. Ill-formed UTF-8 becomes U+FFFD and numbers that are not
/// finite become 0; everything else comes back from chunk_text_from_json() as it was.
[[nodiscard]] std::string to_json(const ChunkText& text);

/// kBadData when it is no such object, is larger than 4 MiB, or says what cannot be: an end before its start,
/// segments or words that run backwards, times outside one day, a number that is not finite.
[[nodiscard]] Result<ChunkText> chunk_text_from_json(std::string_view json);

}  // namespace vat

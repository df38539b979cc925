// The text of a chunk, and a whole transcript, as JSON and back without loss: for checkpoints and for the
// database. Every function may be called from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/recognizer.h"
#include "domain/transcript.h"

namespace vat {

/// One JSON object (RFC 8259) in one line, UTF-8. Ill-formed UTF-8 becomes U+FFFD and numbers that are not
/// finite become 0; chunk_text_from_json() restores everything else exactly.
[[nodiscard]] std::string to_json(const ChunkText& text);

/// kBadData when it is not such an object, is larger than 4 MiB, or contains impossible values: an end before
/// its start, segments or words that run backwards, times outside one day, a number that is not finite.
[[nodiscard]] Result<ChunkText> chunk_text_from_json(std::string_view json);

/// The same for a whole transcript; transcript_from_json() gives it back as it was (timings to 15 digits),
/// when check_times() (transcript.h) finds nothing.
[[nodiscard]] std::string to_json(const Transcript& transcript);

/// kBadData when it is not such an object, is larger than 256 MiB, or contains impossible values: as for a
/// chunk, but with times up to 1,000 hours. Unknown members are ignored.
[[nodiscard]] Result<Transcript> transcript_from_json(std::string_view json);

}  // namespace vat

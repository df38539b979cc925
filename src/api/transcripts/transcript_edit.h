// Transcripts as people send them back after an edit. Private to api.
#pragma once

#include <string_view>

#include "api/common/json_fields.h"
#include "base/result.h"
#include "domain/transcript.h"

namespace vat::api {

/// The schema TranscriptEdit: {"segments": [{"start", "end", "text", "words"?}], "language"?}, times in
/// seconds and in order. What it does not say (the engine, the length, the words of unchanged text) is that
/// of `before`. Segments without text are left out. kInvalidArgument with Error::field.
[[nodiscard]] Result<Transcript> transcript_from_edit(JsonFields& fields, const Transcript& before);

/// The same for a SubRip or WebVTT file; each cue becomes a segment. kBadData names the line that is wrong.
[[nodiscard]] Result<Transcript> transcript_from_subtitles(std::string_view bytes, const Transcript& before);

}  // namespace vat::api

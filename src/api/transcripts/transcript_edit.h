// Parses edited transcripts. Private to api.
#pragma once

#include <string_view>

#include "api/common/json_fields.h"
#include "base/result.h"
#include "domain/transcript.h"

namespace vat::api {

/// The schema TranscriptEdit: {"segments": [{"start", "end", "text", "words"?, "speaker"?}], "language"?},
/// times in seconds and in order. Missing data (the engine, the length, the words of unchanged text, who
/// speaks at the time) is taken from `before`. Segments without text are left out. kInvalidArgument with
/// Error::field.
[[nodiscard]] Result<Transcript> transcript_from_edit(JsonFields& fields, const Transcript& before);

/// The same for a SubRip or WebVTT file; each cue becomes a segment. A voice of
/// WebVTT, and in SubRip the name of a speaker of `before` before a colon, is its speaker. kBadData names the
/// invalid line.
[[nodiscard]] Result<Transcript> transcript_from_subtitles(std::string_view bytes, const Transcript& before);

}  // namespace vat::api

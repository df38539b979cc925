// Transcripts as people send them back after an edit. Private to api.
#pragma once

#include <span>
#include <string_view>
#include <vector>

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

/// Times for the words of `segment.text` from those that were heard in its place: a word that is still there
/// keeps its time, new ones share the time between their neighbours. Empty when nothing is known about the
/// place, and for changed text in a language without spaces.
[[nodiscard]] std::vector<Word> retime_words(const Segment& segment, std::span<const Word> heard);

}  // namespace vat::api

// What Whisper's own JSON and OpenAI's have in common.
#pragma once

#include <cstdint>

#include "base/json_writer.h"
#include "domain/transcript.h"

namespace vat::subtitles {

/// Writes one object. Times are in seconds, at least 0; tokens are left empty, because this program has none.
void write_whisper_segment(JsonWriter& json, const Segment& segment, std::int64_t id);

}  // namespace vat::subtitles

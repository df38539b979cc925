// Reads existing subtitle files, to speak, convert or edit them.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "subtitles/cues.h"

namespace vat::subtitles {

/// A larger file is not a subtitle file; reading one is kLimit.
inline constexpr std::size_t kMaxSubtitleBytes = 64 << 20;
/// More cues than a film every day for a month.
inline constexpr std::size_t kMaxCues = 1'000'000;

/// The cues of a SubRip or WebVTT file, detected from the content, in order of their start.
///
/// Accepted: UTF-8 with or without a byte order mark, UTF-16 with one, and otherwise Windows-1252; line ends
/// of every kind; missing numbers; comma or dot before the milliseconds; missing hours; positions and cue
/// settings, which are ignored, as are NOTE, STYLE and REGION blocks. Tags are removed, character references
/// replaced, empty lines and cues without text dropped, and voice spans become the cue's speakers; of a cue
/// that has more than fit, several cues of the same time are made. A cue that does not end after it starts is
/// given one millisecond. The output of write_srt and write_vtt is restored exactly (a speaker in SRT as part
/// of the text).
///
/// kBadData names the invalid line; kLimit when the file is too large. Any thread.
[[nodiscard]] Result<std::vector<Cue>> read_subtitles(std::string_view bytes);

/// Whether a text begins like a SubRip or WebVTT file: with WEBVTT, or with a cue's number and times.
/// Distinguishes subtitles from text when the name does not. Any thread.
[[nodiscard]] bool looks_like_subtitles(std::string_view bytes);

}  // namespace vat::subtitles

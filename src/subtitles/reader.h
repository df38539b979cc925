// Reads subtitles that others wrote. Used to speak, convert or edit an existing file.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "subtitles/cues.h"

namespace vat::subtitles {

/// A larger file is no subtitle file; reading one is refused with kLimit.
inline constexpr std::size_t kMaxSubtitleBytes = 64 << 20;
/// More cues than a film a day for a month has.
inline constexpr std::size_t kMaxCues = 1'000'000;

/// The cues of a SubRip or WebVTT file, told apart by the content, in order of their start.
///
/// Accepted: UTF-8 with or without a byte order mark, UTF-16 with one, and otherwise Windows-1252; line ends
/// of every kind; missing numbers; comma or dot before the milliseconds; hours left out; positions and cue
/// settings, which are ignored, as NOTE, STYLE and REGION blocks are. Tags are removed, character references
/// replaced, empty lines and cues without text dropped, and a voice span becomes the cue's speaker. A cue
/// that does not end after it starts is given one millisecond. What write_srt and write_vtt wrote is read
/// back as it was (a speaker in SRT as part of the text).
///
/// kBadData names the line that is wrong; kLimit when there is too much. Any thread.
[[nodiscard]] Result<std::vector<Cue>> read_subtitles(std::string_view bytes);

/// Whether a text begins as a SubRip or WebVTT file does: with WEBVTT, or with a cue's number and times. For
/// telling subtitles from text that has no telling name. Any thread.
[[nodiscard]] bool looks_like_subtitles(std::string_view bytes);

}  // namespace vat::subtitles

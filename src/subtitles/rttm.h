// Reads RTTM, NIST's format for who speaks when (Rich Transcription 2009 evaluation plan, appendix A).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/speakers.h"

namespace vat::subtitles {

/// A larger file is no RTTM of recordings; reading one is kLimit.
inline constexpr std::size_t kMaxRttmBytes = 64 << 20;

struct NamedTurns {
  std::vector<SpeakerTurn> turns;  ///< In the order of the file.
  std::vector<std::string> names;  ///< Of the speakers by number; underscores in them are spaces.
};

/// The SPEAKER lines of the recording `recording`, or of the only one that the file has; other kinds of lines
/// and comments (";;") are left out. kBadData names the invalid line, or that the file has several recordings
/// and none of that name; kLimit when the file, or the number of speakers, is too large. Any thread.
[[nodiscard]] Result<NamedTurns> read_rttm(std::string_view bytes, std::string_view recording);

}  // namespace vat::subtitles

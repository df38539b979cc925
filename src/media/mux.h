// Adds an audio track and subtitles to a copy of a recording, whose own tracks are copied unchanged.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace vat::media {

/// Empty paths add nothing; at least one must be given.
struct MuxAdditions {
  std::filesystem::path audio;  ///< An encoded file, as from AudioEncoder; its first track is copied.
  std::string audio_language;   ///< ISO 639-1 or 639-2; may be empty.
  std::string audio_title;
  std::filesystem::path subtitles;  ///< SubRip, UTF-8.
  std::string subtitles_language;
  std::string subtitles_title;
};

struct MuxResult {
  std::string container;  ///< "mp4", "mov", "matroska" or "webm".
  /// One sentence for each track of the original that the new file cannot contain.
  std::vector<std::string> warnings;
};

/// The container that mux() will write for this original: "mp4", "mov", "mkv" or "webm", for the new file's
/// name. MP4, MOV, Matroska and WebM keep their container; all others, and WebM with audio that it cannot
/// contain, become Matroska. kInvalidArgument for a recording without video.
[[nodiscard]] Result<std::string> mux_extension(const std::filesystem::path& original,
                                                const MuxAdditions& additions);

/// Writes `output` (pass AtomicFile::temporary_path()). The original's packets are copied byte for byte; its
/// tracks stay first and keep their order and default. kBadMedia, kBadData (subtitles), kInvalidArgument (no
/// video), kDiskFull, kCancelled.
[[nodiscard]] Result<MuxResult> mux(const std::filesystem::path& original, const MuxAdditions& additions,
                                    const std::filesystem::path& output, std::stop_token stop = {});

}  // namespace vat::media

// Runs FFmpeg's programs, which serve tests as writers of files that our own cannot make, and as a second
// opinion. Link vat_media_testing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace vat::media::testing {

/// False where `ffmpeg` and `ffprobe` are not installed; tests that need them skip then.
[[nodiscard]] bool has_ffmpeg_programs();

/// `ffmpeg ARGUMENTS`, quietly, overwriting; each line of `arguments` is split at spaces, except in '...'.
[[nodiscard]] Result<> ffmpeg(const std::string& arguments, const std::filesystem::path& folder);

/// What `ffprobe` says about the entries of its -show_entries option, one value a line.
[[nodiscard]] Result<std::string> ffprobe(const std::string& entries, const std::filesystem::path& file,
                                          const std::string& streams = {});

/// The one number among them; 0 where it says "N/A".
[[nodiscard]] double ffprobe_number(const std::string& entries, const std::filesystem::path& file,
                                    const std::string& streams = {});

}  // namespace vat::media::testing

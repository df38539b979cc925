// Which of the required codecs and formats this machine's FFmpeg supports.
#pragma once

#include <string>
#include <vector>

namespace vat::media {

struct CodecSupport {
  std::string kind;  ///< "reads", "decodes", "writes", "encodes" or "filters".
  std::string name;  ///< libav's name: "mov", "aac", "libmp3lame".
  bool present = false;
};

/// "5.1.9-0+deb12u1 (libavformat 59.27.100, libavcodec 59.37.100)".
[[nodiscard]] std::string ffmpeg_version();
/// In a fixed order. Any thread.
[[nodiscard]] std::vector<CodecSupport> needed_codecs();

}  // namespace vat::media

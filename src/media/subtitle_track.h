// A SubRip file as the packets of a subtitle track in another codec. Private to this module.
#pragma once

#include <deque>
#include <filesystem>
#include <string>

#include "media/av.h"

namespace vat::media {

struct SubtitleTrack {
  struct ParametersDeleter {
    void operator()(AVCodecParameters* owned) const { avcodec_parameters_free(&owned); }
  };
  std::unique_ptr<AVCodecParameters, ParametersDeleter> parameters;
  AVRational unit{1, 1000};             ///< Of the packets' timestamps.
  std::deque<AvPtr<AVPacket>> packets;  ///< In order of time.
};

/// Reads the whole file, of 32 MB at most. `encoder` is libav's: "mov_text", "subrip", "webvtt". kBadData.
[[nodiscard]] Result<SubtitleTrack> read_subtitles(const std::filesystem::path& path,
                                                   const std::string& encoder);

}  // namespace vat::media

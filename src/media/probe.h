// The contents of a recording, without decoding it.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace vat::media {

struct AudioTrack {
  int number = 0;        ///< Among the audio tracks, from 1, as for ReaderOptions::track.
  std::string codec;     ///< "aac", "opus", "pcm_s16le".
  std::string language;  ///< According to the file, usually ISO 639-2; may be empty.
  std::string title;     ///< UTF-8; may be empty.
  int channels = 0;
  int sample_rate = 0;      ///< Hz.
  bool is_default = false;  ///< The one that plays by default; exactly one is.
};

struct MediaInfo {
  std::string container;  ///< libav's short name or names: "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm".
  std::optional<Millis> duration;
  std::vector<AudioTrack> audio;  ///< Never empty.
  bool has_video = false;         ///< Has video; a cover does not count.
  std::string video_codec;        ///< Of the first video stream.
  int width = 0;                  ///< Of the first video stream; 0 if unknown.
  int height = 0;
  int subtitle_tracks = 0;
};

/// Detects the format from the content. kNotFound, kPermission, kInvalidArgument (a folder), kBadMedia
/// (empty, text, a picture, a playlist, damaged), kNoAudio, kCancelled: each with one sentence that names the
/// file. Any thread.
[[nodiscard]] Result<MediaInfo> probe(const std::filesystem::path& path, std::stop_token stop = {});

}  // namespace vat::media

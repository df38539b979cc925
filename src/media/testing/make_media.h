// Makes real media files for tests, with libav's own encoders: any container, codec, rate, tracks and start
// times. Link vat_media_testing.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace vat::media::testing {

/// The signal at a time in seconds in one channel (from 0, in the layout's order: L R C LFE Ls Rs), in [-1,
/// 1].
using Signal = std::function<float(double seconds, int channel)>;

/// A sine on all channels.
[[nodiscard]] Signal tone(double frequency, double amplitude = 0.5);
/// Silence with one short 1 kHz beep (0.1 s) on all channels.
[[nodiscard]] Signal beep_at(double seconds, double amplitude = 0.8);
/// The samples, mono, at their own rate, held between two; silence after the last.
[[nodiscard]] Signal samples_of(std::vector<float> samples, int sample_rate);

struct SoundSpec {
  std::string encoder;  ///< libav's name: "aac", "libmp3lame"; empty is the container's usual one.
  int sample_rate = 48'000;
  int channels = 2;
  double start = 0;  ///< Timestamp of the first sample, in seconds. The signal starts at its own 0.
  Signal signal = tone(440);
  std::string language;  ///< ISO 639-2.
  std::string title;
  bool is_default = false;
  /// Packets between these times, in seconds from the track's start, are omitted, as if lost.
  double lost_from = 0;
  double lost_to = 0;
};

struct PictureSpec {
  int width = 160;
  int height = 120;
  double frame_rate = 25;
  bool variable_frame_rate = false;  ///< Frames at uneven distances.
  double start = 0;                  ///< Seconds.
};

struct MediaSpec {
  std::string
      container;  ///< libav's muxer: "mp4", "mov", "avi", "matroska", "webm", "mpegts", "mp3", "wav", ...
  double seconds = 2;  ///< Of each track.
  std::vector<SoundSpec> sound = {SoundSpec{}};
  std::optional<PictureSpec> picture;
  bool index_first =
      false;  ///< MP4 and MOV: an empty index and fragments, so that a cut file or a pipe is readable.
};

/// Writes the file. kUnavailable when this machine's libav lacks the encoder or the muxer.
[[nodiscard]] Result<> write_media(const std::filesystem::path& path, const MediaSpec& spec);

/// A PNG picture.
[[nodiscard]] Result<> write_picture(const std::filesystem::path& path);

}  // namespace vat::media::testing

// Writes mono speech as an MP3, Opus, AAC, FLAC or WAV file, at an even loudness if asked.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "media/audio_format.h"

namespace vat::media {

/// What speech is normalised to, in LUFS (EBU R 128).
inline constexpr double kSpeechLoudness = -16.0;
/// No sample between the samples goes higher, in dBTP, before the encoder's own loss.
inline constexpr double kMaxTruePeak = -1.5;

struct EncoderOptions {
  AudioFormat format = AudioFormat::kMp3;
  int sample_rate = 0;  ///< Of the samples given to write(), in Hz: 4000 to 384000.
  int bit_rate = 0;     ///< Bits a second; 0 takes what suits speech. No meaning for FLAC and WAV.
  std::optional<double> target_lufs;  ///< Normalise to this loudness; empty keeps the level.
  std::string title;                  ///< Metadata; empty writes none.
  std::string language;               ///< ISO 639 code for the track's metadata; empty writes none.
  std::stop_token stop;               ///< finish() with a target loudness ends with kCancelled after it.
};

/// Streams samples into a file. With a target loudness the samples are first kept in an unlinked temporary
/// file, so memory is bounded for any length. One thread at a time. Destroyed before finish() it leaves an
/// incomplete file.
class AudioEncoder {
 public:
  /// Creates or truncates `path`; give AtomicFile::temporary_path(). kInvalidArgument, kPermission,
  /// kUnavailable.
  [[nodiscard]] static Result<std::unique_ptr<AudioEncoder>> create(const std::filesystem::path& path,
                                                                    const EncoderOptions& options);
  /// Writes to a descriptor that stays the caller's and may be a pipe; `name` is for messages. M4A on a pipe
  /// is fragmented.
  [[nodiscard]] static Result<std::unique_ptr<AudioEncoder>> create_stream(int fd, const std::string& name,
                                                                           const EncoderOptions& options);
  ~AudioEncoder();

  /// Mono samples in [-1, 1]; what lies outside is clipped. kDiskFull, kBrokenPipe.
  [[nodiscard]] Result<> write(std::span<const float> samples);
  /// Drains the encoder and completes the file. Call it once, last. With a target loudness the encoding
  /// happens here.
  [[nodiscard]] Result<> finish();

 private:
  struct Impl;
  explicit AudioEncoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vat::media

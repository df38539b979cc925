// Writes sound as an MP3, Opus, AAC, FLAC or WAV file, optionally normalised.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "media/audio_format.h"
#include "media/loudness.h"

namespace vat::media {

/// The default loudness of speech, in LUFS (EBU R 128).
inline constexpr double kSpeechLoudness = -16.0;
/// Maximum true peak, in dBTP, before encoding.
inline constexpr double kMaxTruePeak = -1.5;

struct EncoderOptions {
  AudioFormat format = AudioFormat::kMp3;
  int sample_rate = 0;  ///< Of the samples given to write(), in Hz: 4000 to 384000.
  int channels = 1;     ///< 1 or 2.
  int bit_rate = 0;     ///< Bits per second; 0 is a default: of one channel for speech, of two for any sound.
                        ///< Ignored for FLAC and WAV.
  std::optional<double> target_lufs;  ///< Normalise to this loudness; empty keeps the level.
  std::optional<LevelPlan> level;     ///< Carry this out instead, without measuring.
  std::string title;                  ///< Metadata; may be empty.
  std::string language;               ///< ISO 639 code for the track's metadata; may be empty.
  std::stop_token stop;               ///< After it, finish() with a target loudness returns kCancelled.
};

/// Streams samples into a file. With a target loudness the samples are first kept in an unlinked temporary
/// file, so memory is bounded for any length. One thread at a time. Destroyed before finish() it leaves an
/// incomplete file.
class AudioEncoder {
 public:
  /// Creates or truncates `path`; pass AtomicFile::temporary_path(). kInvalidArgument, kPermission,
  /// kUnavailable.
  [[nodiscard]] static Result<std::unique_ptr<AudioEncoder>> create(const std::filesystem::path& path,
                                                                    const EncoderOptions& options);
  /// Writes to a descriptor that the caller owns and that may be a pipe; `name` is for messages. M4A on a
  /// pipe is fragmented.
  [[nodiscard]] static Result<std::unique_ptr<AudioEncoder>> create_stream(int fd, const std::string& name,
                                                                           const EncoderOptions& options);
  ~AudioEncoder();

  /// Samples in [-1, 1], of two channels by turns; others are clipped. kDiskFull, kBrokenPipe.
  [[nodiscard]] Result<> write(std::span<const float> samples);
  /// Drains the encoder and completes the file. To be called once, last. With a target loudness, encoding
  /// happens here.
  [[nodiscard]] Result<> finish();
  /// How the level was changed, after finish() with a target loudness or a level.
  [[nodiscard]] const std::optional<LevelPlan>& level() const;

 private:
  struct Impl;
  explicit AudioEncoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vat::media

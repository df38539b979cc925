// How loud a recording is at each moment, for those who draw it: files in the format of audiowaveform,
// version 2 (https://github.com/bbc/audiowaveform, doc/DataFormat.md), written while the samples pass.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "domain/audio.h"

namespace vat::media {

/// What there is a file of, in points for each second.
inline constexpr std::array<int, 3> kWaveformResolutions = {1, 10, 100};

/// "waveform-10.dat".
[[nodiscard]] std::string waveform_file_name(int points_per_second);
inline constexpr const char* kWaveformContentType = "application/octet-stream";

/// One file. A point is the lowest and the highest sample of its time, each in 8 bits; the last point may be
/// of a shorter time. Little endian: 24 bytes of header (version 2, flags 1 for 8 bits, samples a second,
/// samples a point, number of points, 1 channel), then the points. Memory is constant. One thread at a time.
class WaveformFile {
 public:
  /// Replaces an existing file. `points_per_second` divides kRecognitionRate.
  [[nodiscard]] static Result<WaveformFile> create(const std::filesystem::path& path, int points_per_second);

  /// The extremes of the next `samples` samples, none of which may belong to another point than the others;
  /// what is beyond [-1, 1] is cut off. `low` is above `high` when none of them is a number.
  [[nodiscard]] Result<> add(float low, float high, std::size_t samples);
  /// Writes what is left, and the header. Nothing may be added after it.
  [[nodiscard]] Result<> finish();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  WaveformFile(UniqueFd file, std::filesystem::path path, int samples_per_point);
  void end_point();
  [[nodiscard]] Result<> flush();

  UniqueFd file_;
  std::filesystem::path path_;
  std::size_t samples_per_point_;
  std::size_t in_point_ = 0;  ///< Samples so far in the current point.
  float low_ = 0, high_ = 0;  ///< Of the current point.
  std::uint32_t points_ = 0;
  std::string waiting_;  ///< Bytes to be written.
};

/// Passes a source on and draws what is read. A waveform that cannot be written does not stop the reading.
class WaveformSource : public AudioSource {
 public:
  /// The files of all resolutions are made in `folder`. `source` must outlive this.
  WaveformSource(AudioSource& source, const std::filesystem::path& folder);

  [[nodiscard]] Result<std::size_t> read(std::span<float> out) override;
  [[nodiscard]] std::optional<Millis> duration() const override { return source_.duration(); }
  [[nodiscard]] std::vector<std::string> warnings() const override { return source_.warnings(); }

  /// The complete files, one for each of kWaveformResolutions, after the end of the stream. Errors: that the
  /// stream was not read to its end (kInternal), or whatever prevented the writing.
  [[nodiscard]] Result<std::vector<std::filesystem::path>> finish();

 private:
  [[nodiscard]] Result<> draw(std::span<const float> samples);

  AudioSource& source_;
  std::vector<WaveformFile> files_;
  std::size_t in_finest_ = 0;  ///< Samples so far in the current point of the finest resolution.
  Result<> written_;
  bool complete_ = false;
};

}  // namespace vat::media

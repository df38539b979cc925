// The pictures of a track at given moments, within bounds of work and memory. Private to this module.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "media/input.h"

namespace vat::media {

class PictureReader {
 public:
  enum class Way {
    kDecode,    ///< Every frame on the way, for short videos.
    kKeyFrames  ///< A key frame near each moment, found by seeking: mostly the last before it.
  };

  /// Null where there is no decoder for it, or none that keeps within bounds. `input` and its video track (or
  /// cover) must outlive the reader.
  [[nodiscard]] static std::unique_ptr<PictureReader> open(Input& input, AVStream* stream, Way way);

  /// The picture at this time from the recording's 0:00; times must not descend. Null where there is none.
  /// Valid until the next call, with its sample_aspect_ratio set. Errors: kCancelled.
  [[nodiscard]] Result<const AVFrame*> picture_at(double seconds);

  /// What was decoded took too long; there will be no more pictures.
  [[nodiscard]] bool is_exhausted() const { return exhausted_; }

 private:
  PictureReader(Input& input, AVStream* stream, Way way) : input_(input), stream_(stream), way_(way) {}
  [[nodiscard]] Result<const AVFrame*> decode_until(double seconds);
  [[nodiscard]] Result<const AVFrame*> key_frame_before(double seconds);
  [[nodiscard]] Result<bool> read_packet();
  [[nodiscard]] Result<bool> decode_next();
  [[nodiscard]] bool decode_alone();
  void keep(AvPtr<AVFrame> frame);
  [[nodiscard]] double time_of(std::int64_t stamp) const;
  [[nodiscard]] bool has_work_left();

  Input& input_;
  AVStream* stream_;
  Way way_;
  AvPtr<AVCodecContext> codec_;
  AvPtr<AVPacket> packet_ = make_packet();
  AvPtr<AVFrame> shown_;                  ///< The last picture.
  double shown_at_ = 0;                   ///< Its time, in seconds.
  std::optional<std::int64_t> last_key_;  ///< The time stamp of the last key frame.
  std::chrono::nanoseconds begin_{-1};    ///< CPU time of this thread at the first picture.
  bool draining_ = false;
  bool exhausted_ = false;
};

}  // namespace vat::media

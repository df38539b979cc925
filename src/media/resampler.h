// Converts decoded frames of any format to mono float at one rate. Private to this module.
#pragma once

#include <cstdint>
#include <vector>

#include "media/audio_reader.h"
#include "media/av.h"
#include "media/channel_mixer.h"

namespace vat::media {

inline constexpr int kMaxSourceRate = 1'000'000;
/// The maximum that libswresample mixes (SWR_CH_MAX).
inline constexpr int kMaxChannels = 64;

/// Appends to the caller's vectors. Handles changes of rate, format or channels between frames.
class Resampler {
 public:
  /// Of `options` the channel, the side and the rate count.
  explicit Resampler(const ReaderOptions& options)
      : channel_(options.channel), side_(options.side), to_rate_(options.rate) {}
  ~Resampler();
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;

  /// True when `frame` has the current format, or there is none yet.
  [[nodiscard]] bool accepts(const AVFrame* frame) const;
  /// Converts the frame without its first `skip` samples. Call drain() first when accepts() is false.
  [[nodiscard]] Result<> convert(const AVFrame* frame, int skip, std::vector<float>& out);
  /// Flushes the filter and resets the format.
  void drain(std::vector<float>& out);
  /// Number of samples at its rate for all input since the last drain(), including those still inside.
  [[nodiscard]] double fed() const;
  [[nodiscard]] const ChannelMixer& mixer() const { return mixer_; }

 private:
  Result<> configure(const AVFrame* frame);
  [[nodiscard]] std::vector<double> weights(const AVChannelLayout& layout) const;
  int resample(std::vector<float>& out, bool flush);

  AvPtr<SwrContext> planes_;   ///< To float, a plane for each channel.
  AvPtr<SwrContext> context_;  ///< Mono, to the rate.
  ChannelMixer mixer_;
  std::vector<std::vector<float>> channels_;  ///< Of the present frame.
  std::vector<float> mono_;                   ///< Mixed, not resampled.
  const int channel_;
  const Side side_;
  const int to_rate_;
  int rate_ = 0;
  int format_ = -1;
  AVChannelLayout layout_{};
  std::int64_t fed_ = 0;
};

}  // namespace vat::media

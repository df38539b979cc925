// Float samples, of two channels by turns, to one encoded track in a container. Private to this module.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "media/audio_encoder.h"
#include "media/av.h"
#include "media/muxer.h"

namespace vat::media {

class CodecWriter {
 public:
  [[nodiscard]] static Result<std::unique_ptr<CodecWriter>> create(int fd, const std::string& name,
                                                                   const EncoderOptions& options);
  [[nodiscard]] Result<> write(std::span<const float> samples);
  [[nodiscard]] Result<> finish();

 private:
  CodecWriter() = default;
  Result<> open_codec(const EncoderOptions& options);
  Result<> open_container(const EncoderOptions& options);
  Result<> open_resampler(int sample_rate);
  Result<> resample(const float* samples, int count);
  Result<> encode_waiting(bool last);
  Result<> encode(std::span<const float> samples);
  void fill(AVFrame& frame, std::span<const float> samples) const;
  [[nodiscard]] int channels() const { return codec_->ch_layout.nb_channels; }
  Result<> take_packets();

  std::unique_ptr<Muxer> muxer_;
  AvPtr<AVCodecContext> codec_;
  AvPtr<SwrContext> resampler_;
  AvPtr<AVPacket> packet_ = make_packet();
  std::vector<float> waiting_;  ///< At the codec's rate, less than a frame between calls.
  std::int64_t position_ = 0;   ///< Samples encoded, at the codec's rate.
};

}  // namespace vat::media

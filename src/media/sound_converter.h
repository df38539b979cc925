// A sound track as uncompressed samples, such as those of DVD and Blu-ray, which Matroska stores otherwise.
// Private to this module.
#pragma once

#include "media/packet_converter.h"
#include "media/subtitle_track.h"

namespace vat::media {

/// Nothing that the decoder returns is lost: the samples keep their rate, channels and bits.
class SoundConverter : public PacketConverter {
 public:
  /// kUnavailable.
  [[nodiscard]] static Result<std::unique_ptr<SoundConverter>> create(const AVStream* stream);
  [[nodiscard]] const AVCodecParameters* parameters() const override { return parameters_.get(); }
  /// Damaged packets give nothing.
  [[nodiscard]] Result<AvPtr<AVPacket>> convert(const AVPacket* packet) override;

 private:
  SoundConverter() = default;
  Result<> open(const AVStream* stream);
  [[nodiscard]] int encode(const AVFrame* frame, std::string& bytes);

  AvPtr<AVCodecContext> decoder_;
  AvPtr<AVCodecContext> encoder_;
  CodecParameters parameters_;
  AvPtr<AVFrame> frame_ = make_frame();
  AvPtr<AVPacket> encoded_ = make_packet();
};

}  // namespace vat::media

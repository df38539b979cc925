// Text subtitles in another codec: a SubRip file as the packets of a track, or the packets of a track.
// Private to this module.
#pragma once

#include <deque>
#include <string>

#include "media/packet_converter.h"

namespace vat::media {

struct ParametersDeleter {
  void operator()(AVCodecParameters* owned) const { avcodec_parameters_free(&owned); }
};
using CodecParameters = std::unique_ptr<AVCodecParameters, ParametersDeleter>;

class SubtitleConverter : public PacketConverter {
 public:
  /// `encoder` is libav's: "mov_text", "subrip", "webvtt". `stream` must outlive this. kUnavailable.
  [[nodiscard]] static Result<std::unique_ptr<SubtitleConverter>> create(const AVStream* stream,
                                                                         const std::string& encoder);
  /// Of the new track.
  [[nodiscard]] const AVCodecParameters* parameters() const override { return parameters_.get(); }
  /// With the times of `cue`. Null when it has no text. kBadData when it is too long.
  [[nodiscard]] Result<AvPtr<AVPacket>> convert(const AVPacket* cue) override;

 private:
  SubtitleConverter() = default;
  Result<> open(const AVStream* stream, const std::string& encoder_name);

  AvPtr<AVCodecContext> decoder_;
  AvPtr<AVCodecContext> encoder_;
  CodecParameters parameters_;
};

struct SubtitleTrack {
  CodecParameters parameters;
  AVRational unit{1, 1000};             ///< Of the packets' timestamps.
  std::deque<AvPtr<AVPacket>> packets;  ///< In order of time.
};

/// Reads the whole file, of 32 MB at most, which the caller owns; `name` is for messages. `encoder` is
/// libav's: "mov_text", "subrip", "webvtt". kBadData.
[[nodiscard]] Result<SubtitleTrack> read_subtitles(int fd, const std::string& name,
                                                   const std::string& encoder);

}  // namespace vat::media

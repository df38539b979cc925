// Packets of a track in another codec, for a container that cannot hold the track's own. Private to this
// module.
#pragma once

#include "media/av.h"

namespace vat::media {

class PacketConverter {
 public:
  virtual ~PacketConverter() = default;
  /// Of the new track.
  [[nodiscard]] virtual const AVCodecParameters* parameters() const = 0;
  /// With the times of `packet`. Null when nothing is in it.
  [[nodiscard]] virtual Result<AvPtr<AVPacket>> convert(const AVPacket* packet) = 0;
};

}  // namespace vat::media

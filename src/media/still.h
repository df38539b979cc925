// One picture in RGB: from a decoded frame, into a sheet, as a JPEG file. Private to this module.
#pragma once

#include <string>

#include "media/av.h"

namespace vat::media {

/// How the frames of a track are meant to be seen.
struct Pose {
  bool transposed = false;  ///< Rows are columns; before the flips.
  bool flip_x = false;
  bool flip_y = false;
};

/// From the display matrix of a track, as phones write it; turns by other than quarters are ignored.
[[nodiscard]] Pose pose_of(const AVStream* stream);

/// RGB with 24 bits, black. Null if out of memory.
[[nodiscard]] AvPtr<AVFrame> make_still(int width, int height);

/// The frame in the right pose and with square pixels, at most `side` wide and high, not enlarged beyond
/// that. Its sample_aspect_ratio counts. Null if it cannot be converted.
[[nodiscard]] AvPtr<AVFrame> shrink(const AVFrame& frame, const Pose& pose, int side);

/// `picture` must fit there.
void paste(const AVFrame& picture, AVFrame& sheet, int left, int top);

/// How much there is to see: the entropy of its luminance in bits, from 0 for a plain surface to 6.
[[nodiscard]] double richness(const AVFrame& still);

/// Empty if it cannot be encoded.
[[nodiscard]] std::string to_jpeg(const AVFrame& still);

}  // namespace vat::media

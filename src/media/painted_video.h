// Writes a silent video of pictures that its caller paints.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "base/result.h"

namespace vat::media {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
};

/// A picture of which every second pixel has a colour of its own (4:2:0).
class Canvas {
 public:
  /// Even numbers of pixels; black.
  Canvas(int width, int height);
  void fill(Colour colour);
  /// The corners may lie outside.
  void rectangle(int left, int top, int right, int bottom, Colour colour);
  void disc(double x, double y, double radius, Colour colour);

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  /// 0: luminance of all pixels, row by row; 1 and 2: the colour differences Cb and Cr, of a quarter as many.
  [[nodiscard]] const std::vector<std::uint8_t>& plane(int index) const;

 private:
  void set(int x, int y, const std::uint8_t (&values)[3]);

  int width_;
  int height_;
  std::vector<std::uint8_t> planes_[3];
};

struct VideoShape {
  int width = 640;
  int height = 360;
  int frames_per_second = 5;
  double seconds = 1;
};
/// Paints the picture for this time, over the one before it.
using Painter = std::function<void(Canvas& canvas, double seconds)>;

/// Writes a WebM file with VP8, which every browser plays. kUnavailable where FFmpeg has no encoder for it.
[[nodiscard]] Result<> write_painted_video(const std::filesystem::path& path, const VideoShape& shape,
                                           const Painter& paint);

}  // namespace vat::media

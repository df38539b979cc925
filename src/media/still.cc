#include "media/still.h"

extern "C" {
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

namespace vat::media {
namespace {

constexpr int kRgbBytes = 3;
/// Of 2 (best) to 31.
constexpr int kJpegQuality = 4;

struct ScalerDeleter {
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};
using Scaler = std::unique_ptr<SwsContext, ScalerDeleter>;

AvPtr<AVFrame> make_picture(int width, int height, AVPixelFormat format) {
  AvPtr<AVFrame> picture = make_frame();
  if (!picture) return nullptr;
  picture->format = format;
  picture->width = width;
  picture->height = height;
  if (av_frame_get_buffer(picture.get(), 0) < 0) return nullptr;
  return picture;
}

/// Which colours its numbers mean; where it does not say, what is usual for its size.
void set_colours(SwsContext* scaler, const AVFrame& from) {
  constexpr int kHighDefinition = 720;
  int* inverse = nullptr;
  int* table = nullptr;
  int from_full = 0, to_full = 0, brightness = 0, contrast = 0, saturation = 0;
  // RGB means one thing only, and is refused here.
  if (sws_getColorspaceDetails(scaler, &inverse, &from_full, &table, &to_full, &brightness, &contrast,
                               &saturation) < 0)
    return;
  int space = from.colorspace;
  if (space == AVCOL_SPC_UNSPECIFIED) space = from.height >= kHighDefinition ? SWS_CS_ITU709 : SWS_CS_ITU601;
  if (from.color_range == AVCOL_RANGE_JPEG) from_full = 1;
  (void)sws_setColorspaceDetails(scaler, sws_getCoefficients(space), from_full, table, to_full, brightness,
                                 contrast, saturation);
}

/// Scaled and converted to `to`'s size and format.
bool convert(const AVFrame& from, AVFrame& to) {
  const auto format = static_cast<AVPixelFormat>(from.format);
  if (sws_isSupportedInput(format) == 0) return false;
  const Scaler scaler(sws_getContext(from.width, from.height, format, to.width, to.height,
                                     static_cast<AVPixelFormat>(to.format), SWS_AREA | SWS_ACCURATE_RND,
                                     nullptr, nullptr, nullptr));
  if (!scaler) return false;
  set_colours(scaler.get(), from);
  return sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, to.data, to.linesize) == to.height;
}

/// Square pixels are one; what no camera makes is taken for a mistake.
double pixel_aspect(const AVFrame& frame) {
  constexpr double kMost = 8;
  const AVRational stated = frame.sample_aspect_ratio;
  if (stated.num <= 0 || stated.den <= 0) return 1;
  const double aspect = av_q2d(stated);
  return aspect > kMost || aspect < 1 / kMost ? 1 : aspect;
}

int to_pixels(double length, int most) { return std::clamp(static_cast<int>(std::lround(length)), 1, most); }

std::uint8_t* pixel(const AVFrame& picture, int x, int y) {
  return picture.data[0] + static_cast<std::ptrdiff_t>(y) * picture.linesize[0] +
         static_cast<std::ptrdiff_t>(x) * kRgbBytes;
}

AvPtr<AVFrame> posed(AvPtr<AVFrame> picture, const Pose& pose) {
  if (!pose.transposed && !pose.flip_x && !pose.flip_y) return picture;
  AvPtr<AVFrame> turned = pose.transposed ? make_still(picture->height, picture->width)
                                          : make_still(picture->width, picture->height);
  if (!turned) return nullptr;
  for (int y = 0; y < turned->height; ++y) {
    for (int x = 0; x < turned->width; ++x) {
      int across = pose.flip_x ? turned->width - 1 - x : x;
      int down = pose.flip_y ? turned->height - 1 - y : y;
      if (pose.transposed) std::swap(across, down);
      std::memcpy(pixel(*turned, x, y), pixel(*picture, across, down), kRgbBytes);
    }
  }
  return turned;
}

}  // namespace

Pose pose_of(const AVStream* stream) {
  std::size_t bytes = 0;
  const std::uint8_t* const side = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
  if (side == nullptr || bytes < 9 * sizeof(std::int32_t)) return {};
  // ISO/IEC 14496-12, 6.2.2: a pixel (x, y) is shown at (ax + cy, bx + dy), which are numbers 0, 3, 1 and 4.
  std::array<std::int32_t, 9> matrix{};
  std::memcpy(matrix.data(), side, sizeof matrix);
  const std::int32_t a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
  if (b == 0 && c == 0) return {.transposed = false, .flip_x = a < 0, .flip_y = d < 0};
  if (a == 0 && d == 0) return {.transposed = true, .flip_x = c < 0, .flip_y = b < 0};
  return {};
}

AvPtr<AVFrame> make_still(int width, int height) {
  AvPtr<AVFrame> still = make_picture(width, height, AV_PIX_FMT_RGB24);
  if (!still) return nullptr;
  for (int y = 0; y < height; ++y)
    std::memset(pixel(*still, 0, y), 0, static_cast<std::size_t>(width) * kRgbBytes);
  return still;
}

AvPtr<AVFrame> shrink(const AVFrame& frame, const Pose& pose, int side) {
  if (frame.width <= 0 || frame.height <= 0) return nullptr;
  const double width = frame.width * pixel_aspect(frame);
  const double scale = std::min({1.0, side / width, static_cast<double>(side) / frame.height});
  AvPtr<AVFrame> small = make_still(to_pixels(width * scale, side), to_pixels(frame.height * scale, side));
  if (!small || !convert(frame, *small)) return nullptr;
  return posed(std::move(small), pose);
}

void paste(const AVFrame& picture, AVFrame& sheet, int left, int top) {
  for (int y = 0; y < picture.height; ++y)
    std::memcpy(pixel(sheet, left, top + y), pixel(picture, 0, y),
                static_cast<std::size_t>(picture.width) * kRgbBytes);
}

double richness(const AVFrame& still) {
  std::array<int, 64> counts{};
  for (int y = 0; y < still.height; ++y) {
    for (int x = 0; x < still.width; ++x) {
      const std::uint8_t* const colour = pixel(still, x, y);
      ++counts[static_cast<std::size_t>((2 * colour[0] + 5 * colour[1] + colour[2]) / 8 / 4)];
    }
  }
  const double all = static_cast<double>(still.width) * still.height;
  double entropy = 0;
  for (const int count : counts)
    if (count > 0) entropy -= count / all * std::log2(count / all);
  return entropy;
}

std::string to_jpeg(const AVFrame& still) {
  const AVCodec* const encoder = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  if (encoder == nullptr) return {};
  const AvPtr<AVFrame> picture = make_picture(still.width, still.height, AV_PIX_FMT_YUVJ420P);
  if (!picture || !convert(still, *picture)) return {};
  const AvPtr<AVCodecContext> codec(avcodec_alloc_context3(encoder));
  const AvPtr<AVPacket> packet = make_packet();
  if (!codec || !packet) return {};
  codec->width = still.width;
  codec->height = still.height;
  codec->pix_fmt = AV_PIX_FMT_YUVJ420P;
  codec->color_range = AVCOL_RANGE_JPEG;
  codec->time_base = AVRational{1, 1};
  codec->thread_count = 1;
  codec->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
  codec->global_quality = FF_QP2LAMBDA * kJpegQuality;
  if (avcodec_open2(codec.get(), encoder, nullptr) < 0) return {};
  picture->pts = 0;
  picture->quality = codec->global_quality;
  if (avcodec_send_frame(codec.get(), picture.get()) < 0 || avcodec_send_frame(codec.get(), nullptr) < 0 ||
      avcodec_receive_packet(codec.get(), packet.get()) < 0)
    return {};
  return {reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size)};
}

}  // namespace vat::media

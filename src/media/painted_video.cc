#include "media/painted_video.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "base/file.h"
#include "media/av.h"
#include "media/muxer.h"

namespace vat::media {
namespace {

constexpr int kBitRate = 250'000;
constexpr int kSecondsBetweenKeyFrames = 4;

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

/// ITU-R BT.601 in the range of video.
struct YCbCr {
  explicit YCbCr(Colour colour)
      : values{to_byte(16 + 0.257 * colour.red + 0.504 * colour.green + 0.098 * colour.blue),
               to_byte(128 - 0.148 * colour.red - 0.291 * colour.green + 0.439 * colour.blue),
               to_byte(128 + 0.439 * colour.red - 0.368 * colour.green - 0.071 * colour.blue)} {}
  std::uint8_t values[3];
};

tl::unexpected<Error> paint_failure(const char* what, int error) {
  return fail(ErrorCode::kInternal, std::string("The video could not be made: ") + what + " failed.",
              av_error_text(error));
}

class PictureWriter {
 public:
  Result<> open(int fd, const std::string& name, const VideoShape& shape) {
    const AVCodec* const encoder = avcodec_find_encoder_by_name("libvpx");
    if (encoder == nullptr) return fail(ErrorCode::kUnavailable, "FFmpeg has no encoder for VP8 here.");
    VAT_ASSIGN(muxer_, Muxer::create(fd, name, "webm"));
    codec_.reset(avcodec_alloc_context3(encoder));
    codec_->width = shape.width;
    codec_->height = shape.height;
    codec_->pix_fmt = AV_PIX_FMT_YUV420P;
    codec_->framerate = AVRational{shape.frames_per_second, 1};
    codec_->time_base = AVRational{1, shape.frames_per_second};
    codec_->gop_size = shape.frames_per_second * kSecondsBetweenKeyFrames;
    codec_->bit_rate = kBitRate;
    codec_->thread_count = 1;
    av_opt_set(codec_->priv_data, "deadline", "realtime", 0);
    if (const int error = avcodec_open2(codec_.get(), encoder, nullptr); error < 0)
      return paint_failure("opening the encoder", error);
    AVStream* const stream = avformat_new_stream(muxer_->context(), nullptr);
    if (stream == nullptr) return paint_failure("a track", AVERROR(ENOMEM));
    avcodec_parameters_from_context(stream->codecpar, codec_.get());
    stream->time_base = codec_->time_base;
    stream->avg_frame_rate = codec_->framerate;
    return muxer_->write_header({});
  }

  Result<> write(const Canvas& canvas, std::int64_t number) {
    AvPtr<AVFrame> frame = make_frame();
    frame->format = codec_->pix_fmt;
    frame->width = canvas.width();
    frame->height = canvas.height();
    frame->pts = number;
    if (const int error = av_frame_get_buffer(frame.get(), 0); error < 0)
      return paint_failure("a picture", error);
    for (int plane = 0; plane < 3; ++plane) {
      const int width = plane == 0 ? canvas.width() : canvas.width() / 2;
      const int height = plane == 0 ? canvas.height() : canvas.height() / 2;
      for (int y = 0; y < height; ++y)
        std::memcpy(frame->data[plane] + static_cast<std::ptrdiff_t>(y) * frame->linesize[plane],
                    canvas.plane(plane).data() + static_cast<std::ptrdiff_t>(y) * width,
                    static_cast<std::size_t>(width));
    }
    return encode(frame.get());
  }

  Result<> finish() {
    VAT_TRY(encode(nullptr));
    return muxer_->finish();
  }

 private:
  Result<> encode(AVFrame* frame) {
    if (const int error = avcodec_send_frame(codec_.get(), frame); error < 0)
      return paint_failure("encoding", error);
    while (avcodec_receive_packet(codec_.get(), packet_.get()) == 0) {
      packet_->stream_index = 0;
      // The last one needs it, which has none after it.
      if (packet_->duration == 0) packet_->duration = 1;
      VAT_TRY(muxer_->write(packet_.get(), codec_->time_base));
    }
    return {};
  }

  std::unique_ptr<Muxer> muxer_;
  AvPtr<AVCodecContext> codec_;
  AvPtr<AVPacket> packet_ = make_packet();
};

}  // namespace

Canvas::Canvas(int width, int height) : width_(width & ~1), height_(height & ~1) {
  const auto pixels = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  planes_[0].assign(pixels, 16);
  planes_[1].assign(pixels / 4, 128);
  planes_[2].assign(pixels / 4, 128);
}

const std::vector<std::uint8_t>& Canvas::plane(int index) const { return planes_[index]; }

void Canvas::set(int x, int y, const std::uint8_t (&values)[3]) {
  planes_[0][static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)] =
      values[0];
  const std::size_t at = static_cast<std::size_t>(y / 2) * static_cast<std::size_t>(width_ / 2) +
                         static_cast<std::size_t>(x / 2);
  planes_[1][at] = values[1];
  planes_[2][at] = values[2];
}

void Canvas::fill(Colour colour) { rectangle(0, 0, width_, height_, colour); }

void Canvas::rectangle(int left, int top, int right, int bottom, Colour colour) {
  const YCbCr shown(colour);
  for (int y = std::max(top, 0); y < std::min(bottom, height_); ++y)
    for (int x = std::max(left, 0); x < std::min(right, width_); ++x) set(x, y, shown.values);
}

void Canvas::disc(double x, double y, double radius, Colour colour) {
  const YCbCr shown(colour);
  const auto low = [](double value) { return std::max(0, static_cast<int>(std::floor(value))); };
  const int right = std::min(width_ - 1, static_cast<int>(std::ceil(x + radius)));
  const int bottom = std::min(height_ - 1, static_cast<int>(std::ceil(y + radius)));
  for (int row = low(y - radius); row <= bottom; ++row)
    for (int column = low(x - radius); column <= right; ++column)
      if ((column - x) * (column - x) + (row - y) * (row - y) <= radius * radius)
        set(column, row, shown.values);
}

Result<> write_painted_video(const std::filesystem::path& path, const VideoShape& shape,
                             const Painter& paint) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd) return fail(system_error(errno, "write", path.string()));
  PictureWriter writer;
  VAT_TRY(writer.open(fd.get(), path.string(), shape));
  Canvas canvas(shape.width, shape.height);
  const auto frames = std::max<std::int64_t>(
      1, static_cast<std::int64_t>(std::ceil(shape.seconds * shape.frames_per_second)));
  for (std::int64_t i = 0; i < frames; ++i) {
    paint(canvas, static_cast<double>(i) / shape.frames_per_second);
    VAT_TRY(writer.write(canvas, i));
  }
  return writer.finish();
}

}  // namespace vat::media

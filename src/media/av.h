// RAII over libav's C handles, its error numbers, and what its streams are. Private to this module: only its
// .cc files include it.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

#include <memory>
#include <string>

#include "base/result.h"

namespace vat::media {

struct AvDeleter {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(SwrContext* context) const { swr_free(&context); }
  void operator()(AVDictionary* dictionary) const { av_dict_free(&dictionary); }
  /// The buffer inside belongs to the context; libavformat may have replaced the one it was made with.
  void operator()(AVIOContext* io) const {
    av_freep(&io->buffer);
    avio_context_free(&io);
  }
};
template <class T>
using AvPtr = std::unique_ptr<T, AvDeleter>;

[[nodiscard]] inline AvPtr<AVPacket> make_packet() { return AvPtr<AVPacket>(av_packet_alloc()); }
[[nodiscard]] inline AvPtr<AVFrame> make_frame() { return AvPtr<AVFrame>(av_frame_alloc()); }

/// A picture that belongs to the recording, which libav counts as video.
[[nodiscard]] bool is_cover(const AVStream* stream);
/// Audio, or video that is not a cover.
[[nodiscard]] bool is_moving(const AVStream* stream);

/// libav's message for its error number, for Error::detail.
[[nodiscard]] std::string av_error_text(int error);

/// Media that could not be read: kCancelled for AVERROR_EXIT, kBadMedia with `message` for the rest.
[[nodiscard]] Error read_error(int error, std::string message);

/// A result that could not be written: the system's error (full disk, broken pipe) or kInternal.
[[nodiscard]] Error write_error(int error, const std::string& name);

}  // namespace vat::media

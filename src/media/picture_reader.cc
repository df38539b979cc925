#include "media/picture_reader.h"

#include <time.h>

#include <utility>

namespace vat::media {
namespace {

/// 8192 by 4320; a larger one is made to exhaust memory.
constexpr std::int64_t kMaxPixels = 8192L * 4320;
constexpr std::chrono::seconds kMaxWork(20);
/// How far behind a moment a key frame is looked for that should have been before it, in seconds.
constexpr double kMaxLate = 10;

std::chrono::nanoseconds work_of_thread() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace

std::unique_ptr<PictureReader> PictureReader::open(Input& input, AVStream* stream, Way way) {
  const AVCodec* const decoder = avcodec_find_decoder(stream->codecpar->codec_id);
  if (decoder == nullptr) return nullptr;
  std::unique_ptr<PictureReader> reader(new PictureReader(input, stream, way));
  AvPtr<AVCodecContext>& codec = reader->codec_;
  codec.reset(avcodec_alloc_context3(decoder));
  if (!codec || avcodec_parameters_to_context(codec.get(), stream->codecpar) < 0) return nullptr;
  codec->pkt_timebase = stream->time_base;
  codec->max_pixels = kMaxPixels;
  // Threads keep frames back, and the work is counted for one.
  codec->thread_count = 1;
  // What nobody sees in pictures of this size.
  codec->skip_loop_filter = AVDISCARD_ALL;
  codec->skip_frame = AVDISCARD_NONREF;
  if (avcodec_open2(codec.get(), decoder, nullptr) < 0) return nullptr;
  input.select(stream);
  return reader;
}

Result<const AVFrame*> PictureReader::picture_at(double seconds) {
  if (begin_.count() < 0) begin_ = work_of_thread();
  return way_ == Way::kDecode ? decode_until(seconds) : key_frame_before(seconds);
}

Result<const AVFrame*> PictureReader::decode_until(double seconds) {
  while (!shown_ || shown_at_ < seconds) {
    VAT_ASSIGN(const bool decoded, decode_next());
    if (!decoded) break;
  }
  return shown_.get();
}

Result<const AVFrame*> PictureReader::key_frame_before(double seconds) {
  const auto stamp =
      static_cast<std::int64_t>((seconds + input_.start_seconds()) / av_q2d(stream_->time_base));
  if (!input_.seek(stream_, stamp)) exhausted_ = true;
  while (has_work_left()) {
    VAT_ASSIGN(const bool read, read_packet());
    if (!read) break;
    const std::int64_t at = packet_->pts != AV_NOPTS_VALUE ? packet_->pts : packet_->dts;
    if (at != AV_NOPTS_VALUE && time_of(at) > seconds + kMaxLate) break;
    if ((packet_->flags & AV_PKT_FLAG_KEY) == 0) continue;
    if (shown_ && at != AV_NOPTS_VALUE && last_key_ == at) break;
    if (!decode_alone()) continue;
    last_key_ = at;
    break;
  }
  return shown_.get();
}

/// Into packet_; false at the end.
Result<bool> PictureReader::read_packet() {
  while (has_work_left()) {
    av_packet_unref(packet_.get());
    const int error = input_.read_packet(packet_.get());
    if (error == AVERROR_EXIT) return fail(read_error(error, {}));
    if (error < 0) return false;
    if (packet_->stream_index == stream_->index) return true;
  }
  return false;
}

/// The next frame in the order of time; false at the end.
Result<bool> PictureReader::decode_next() {
  while (true) {
    AvPtr<AVFrame> frame = make_frame();
    const int got = frame ? avcodec_receive_frame(codec_.get(), frame.get()) : AVERROR(ENOMEM);
    if (got == 0) {
      keep(std::move(frame));
      return true;
    }
    if (got != AVERROR(EAGAIN) || draining_) return false;
    VAT_ASSIGN(const bool read, read_packet());
    draining_ = !read;
    // What cannot be decoded is as if it was not there.
    (void)avcodec_send_packet(codec_.get(), read ? packet_.get() : nullptr);
  }
}

/// A decoder delays its frames until others come; from one packet alone it gives what it has when it is
/// drained.
bool PictureReader::decode_alone() {
  avcodec_flush_buffers(codec_.get());
  if (avcodec_send_packet(codec_.get(), packet_.get()) < 0) return false;
  (void)avcodec_send_packet(codec_.get(), nullptr);
  AvPtr<AVFrame> frame = make_frame();
  if (!frame || avcodec_receive_frame(codec_.get(), frame.get()) < 0) return false;
  keep(std::move(frame));
  return true;
}

void PictureReader::keep(AvPtr<AVFrame> frame) {
  frame->sample_aspect_ratio = av_guess_sample_aspect_ratio(input_.context(), stream_, frame.get());
  shown_at_ =
      frame->best_effort_timestamp == AV_NOPTS_VALUE ? shown_at_ : time_of(frame->best_effort_timestamp);
  shown_ = std::move(frame);
}

double PictureReader::time_of(std::int64_t stamp) const {
  return static_cast<double>(stamp) * av_q2d(stream_->time_base) - input_.start_seconds();
}

bool PictureReader::has_work_left() {
  if (!exhausted_ && work_of_thread() - begin_ > kMaxWork) exhausted_ = true;
  return !exhausted_;
}

}  // namespace vat::media

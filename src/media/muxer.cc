#include "media/muxer.h"

#include <cerrno>

#include "filters/av_log.h"

namespace vat::media {

Muxer::~Muxer() {
  // The AVIOContext is output_'s.
  avformat_free_context(context_);
}

Result<std::unique_ptr<Muxer>> Muxer::create(int fd, std::string name, const std::string& format) {
  filters::route_av_log();
  std::unique_ptr<Muxer> muxer(new Muxer(fd, std::move(name)));
  VAT_ASSIGN(muxer->output_, DescriptorOutput::create(fd));
  const int error = avformat_alloc_output_context2(&muxer->context_, nullptr, format.c_str(), nullptr);
  if (error < 0)
    return fail(ErrorCode::kUnavailable, "This machine's FFmpeg cannot write " + format + " files.",
                av_error_text(error));
  muxer->context_->pb = muxer->output_->context();
  muxer->context_->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
  return muxer;
}

void Muxer::allow_second_pass() {
  context_->opaque = this;
  context_->io_open = open_second_pass;
  context_->io_close2 = end_second_pass;
}

int Muxer::open_second_pass(AVFormatContext* context, AVIOContext** io, const char* /*url*/, int flags,
                            AVDictionary** /*options*/) {
  auto* const muxer = static_cast<Muxer*>(context->opaque);
  *io = nullptr;
  if (flags != AVIO_FLAG_READ || muxer->second_pass_) return AVERROR(EPERM);
  auto opened = DescriptorInput::create(muxer->fd_, {}, DescriptorInput::Begin::kFile);
  if (!opened || !(*opened)->seekable()) return AVERROR(EPERM);
  muxer->second_pass_ = std::move(*opened);
  *io = muxer->second_pass_->context();
  return 0;
}

int Muxer::end_second_pass(AVFormatContext* context, AVIOContext* io) {
  auto* const muxer = static_cast<Muxer*>(context->opaque);
  if (muxer->second_pass_ && io == muxer->second_pass_->context()) muxer->second_pass_.reset();
  return 0;
}

AVStream* Muxer::add_stream(const AVCodecParameters* parameters) {
  AVStream* stream = avformat_new_stream(context_, nullptr);
  if (stream == nullptr || avcodec_parameters_copy(stream->codecpar, parameters) < 0) return nullptr;
  return stream;
}

Result<> Muxer::write_header(const Options& options) {
  AVDictionary* raw = nullptr;
  for (const auto& [key, value] : options) av_dict_set(&raw, key.c_str(), value.c_str(), 0);
  const int error = avformat_write_header(context_, &raw);
  av_dict_free(&raw);
  if (error >= 0) return {};
  if (context_->pb->error < 0) return fail(write_error(context_->pb->error, name_));
  return fail(ErrorCode::kInvalidArgument,
              std::string("A ") + context_->oformat->name + " file cannot contain these tracks.",
              av_error_text(error));
}

/// The result of a call that returned `error` of libav's; an error of the file comes first.
Result<> Muxer::written(int error) const {
  if (context_->pb->error < 0) return fail(write_error(context_->pb->error, name_));
  if (error < 0) return fail(write_error(error, name_));
  return {};
}

Result<> Muxer::write(AVPacket* packet, AVRational unit) {
  av_packet_rescale_ts(packet, unit, context_->streams[packet->stream_index]->time_base);
  packet->pos = -1;
  const int error = av_interleaved_write_frame(context_, packet);
  av_packet_unref(packet);
  return written(error);
}

Result<> Muxer::finish() {
  const int error = av_write_trailer(context_);
  avio_flush(context_->pb);
  return written(error);
}

}  // namespace vat::media

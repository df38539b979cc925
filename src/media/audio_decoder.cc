#include "media/audio_decoder.h"

#include <string>

namespace vat::media {
namespace {

/// A demuxer that fails this often without a packet in between will not recover.
constexpr int kMaxReadFailures = 32;
/// No codec has longer frames, except in files made to exhaust memory.
constexpr std::int64_t kMaxFrameSamples = 4 * 1024 * 1024;

Result<AvPtr<AVCodecContext>> open_codec(const Input& input, const AVStream* stream) {
  const AVCodecID id = stream->codecpar->codec_id;
  const AVCodec* decoder = avcodec_find_decoder(id);
  if (decoder == nullptr || decoder->type != AVMEDIA_TYPE_AUDIO)
    return fail(ErrorCode::kBadMedia, input.name() + " has audio in a format that cannot be decoded (" +
                                          avcodec_get_name(id) + ").");
  AvPtr<AVCodecContext> codec(avcodec_alloc_context3(decoder));
  if (!codec) return fail(ErrorCode::kLimit, "There is not enough memory to decode the audio.");
  if (avcodec_parameters_to_context(codec.get(), stream->codecpar) < 0)
    return fail(ErrorCode::kBadMedia, input.name() + " has audio with invalid parameters.");
  // Needed for exact timestamps if the decoder trims priming samples.
  codec->pkt_timebase = stream->time_base;
  codec->max_samples = kMaxFrameSamples;
  codec->thread_count = 1;
  if (const int error = avcodec_open2(codec.get(), decoder, nullptr); error < 0)
    return fail(read_error(
        error, "The sound of " + input.name() + " (" + avcodec_get_name(id) + ") cannot be decoded."));
  return codec;
}

}  // namespace

Result<std::unique_ptr<AudioDecoder>> AudioDecoder::open(Input& input, AVStream* stream) {
  std::unique_ptr<AudioDecoder> decoder(new AudioDecoder(input, stream));
  VAT_ASSIGN(decoder->codec_, open_codec(input, stream));
  if (!decoder->packet_ || !decoder->frame_)
    return fail(ErrorCode::kLimit, "There is not enough memory to decode the audio.");
  input.select(stream);
  return decoder;
}

Result<AVFrame*> AudioDecoder::next() {
  while (true) {
    const int error = avcodec_receive_frame(codec_.get(), frame_.get());
    if (error == 0) return frame_.get();
    if (error == AVERROR_EOF) return nullptr;
    if (error != AVERROR(EAGAIN)) ++damaged_;
    // A decoder that keeps failing while it is drained has no more frames.
    if (input_ended_) return nullptr;
    VAT_TRY(feed());
  }
}

Result<> AudioDecoder::feed() {
  while (true) {
    av_packet_unref(packet_.get());
    const int error = input_.read_packet(packet_.get());
    if (error == AVERROR_EXIT) return fail(read_error(error, {}));
    if (error < 0) {
      if (error != AVERROR_EOF && input_.io().failure() == 0 && ++failures_in_a_row_ < kMaxReadFailures)
        continue;
      end_input(error);
      return {};
    }
    failures_in_a_row_ = 0;
    if (packet_->stream_index != stream_->index) continue;
    // The decoder was drained of frames, so it never returns EAGAIN here.
    if (avcodec_send_packet(codec_.get(), packet_.get()) < 0) {
      ++damaged_;
      continue;
    }
    return {};
  }
}

void AudioDecoder::end_input(int error) {
  input_ended_ = true;
  if (error != AVERROR_EOF) read_failure_ = error;
  avcodec_send_packet(codec_.get(), nullptr);
}

}  // namespace vat::media

#include "media/audio_decoder.h"

#include <algorithm>
#include <string_view>
#include <utility>

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

/// Containers that store no times: libavformat counts frames, all at the first one's rate.
bool counts_stamps(const AVInputFormat* format) {
  return (format->flags & AVFMT_GENERIC_INDEX) != 0 && (format->flags & AVFMT_TS_DISCONT) == 0;
}

}  // namespace

AudioDecoder::AudioDecoder(Input& input, AVStream* stream, bool follow)
    : input_(input),
      follow_(follow),
      counted_stamps_(counts_stamps(input.context()->iformat)),
      stream_(stream) {
  track_.emplace(input, stream, follow);
}

Result<std::unique_ptr<AudioDecoder>> AudioDecoder::open(Input& input, AVStream* stream, bool follow) {
  std::unique_ptr<AudioDecoder> decoder(new AudioDecoder(input, stream, follow));
  VAT_ASSIGN(decoder->codec_, open_codec(input, stream));
  if (!decoder->packet_ || !decoder->frame_)
    return fail(ErrorCode::kLimit, "There is not enough memory to decode the audio.");
  return decoder;
}

Result<DecodedFrame> AudioDecoder::next() {
  while (true) {
    const int error = avcodec_receive_frame(codec_.get(), frame_.get());
    if (error == 0) {
      if (AvPtr<AVFrame> frame = make_frame()) {
        av_frame_move_ref(frame.get(), frame_.get());
        return describe(std::move(frame));
      }
      return fail(ErrorCode::kLimit, "There is not enough memory to decode the audio.");
    }
    if (error != AVERROR(EAGAIN) && error != AVERROR_EOF) ++damaged_;
    // A decoder that keeps failing while it is drained has no more frames.
    if (held_) {
      begin_codec();
      continue;
    }
    if (part_ended_ && !begin_part()) {
      ++damaged_;
      input_ended_ = true;
    }
    if (input_ended_) return DecodedFrame{};
    VAT_TRY(feed());
  }
}

DecodedFrame AudioDecoder::describe(AvPtr<AVFrame> frame) {
  DecodedFrame decoded{.frame = std::move(frame),
                       .seconds = {},
                       .switched = std::exchange(switched_, false),
                       .restart = part_,
                       .part = std::exchange(part_, false)};
  const int rate = decoded.frame->sample_rate;
  if (first_rate_ == 0) first_rate_ = rate_ = rate;
  if (counted_stamps_ && std::exchange(rate_, rate) != rate) decoded.restart = true;
  const bool has_stamp = decoded.frame->best_effort_timestamp != AV_NOPTS_VALUE;
  if (has_stamp && (!counted_stamps_ || rate == first_rate_))
    decoded.seconds =
        static_cast<double>(decoded.frame->best_effort_timestamp) * av_q2d(codec_->pkt_timebase);
  return decoded;
}

Result<> AudioDecoder::feed() {
  while (true) {
    av_packet_unref(packet_.get());
    const int error = track_->next(packet_.get());
    if (error == AVERROR_EXIT) return fail(read_error(error, {}));
    if (error < 0) {
      if (error != AVERROR_EOF && input_.io().failure() == 0 && ++failures_in_a_row_ < kMaxReadFailures)
        continue;
      end_input(error);
      return {};
    }
    failures_in_a_row_ = 0;
    if (parameters_changed()) {
      held_ = make_packet();
      if (!held_) return fail(ErrorCode::kLimit, "There is not enough memory to decode the audio.");
      av_packet_move_ref(held_.get(), packet_.get());
      avcodec_send_packet(codec_.get(), nullptr);
      return {};
    }
    if (send(packet_.get())) return {};
  }
}

/// Whether the packets that come now are not for the present decoder.
bool AudioDecoder::parameters_changed() const {
  return track_->stream() != stream_ || stream_->codecpar->codec_id != codec_->codec_id;
}

/// Goes on with the held packet, for which the last decoder was drained.
void AudioDecoder::begin_codec() {
  const AvPtr<AVPacket> packet = std::exchange(held_, nullptr);
  switched_ = stream_ != track_->stream();
  stream_ = track_->stream();
  if (auto codec = open_codec(input_, stream_)) {
    codec_ = std::move(*codec);
  } else {
    ++damaged_;
    avcodec_flush_buffers(codec_.get());
  }
  send(packet.get());
}

/// Goes on with the next part of the file, whose streams are others. False if there is none that can be
/// decoded.
bool AudioDecoder::begin_part() {
  part_ended_ = false;
  const int id = stream_->id;
  const auto& old = input_.audio();
  const auto number = static_cast<std::size_t>(std::find(old.begin(), old.end(), stream_) - old.begin());
  if (!input_.begin_next_part()) return false;
  const auto& audio = input_.audio();
  const auto same =
      std::find_if(audio.begin(), audio.end(), [&](const AVStream* stream) { return stream->id == id; });
  stream_ = number < audio.size() ? audio[number] : input_.default_audio();
  if (input_.times_go_on() && same != audio.end()) stream_ = *same;
  auto codec = open_codec(input_, stream_);
  if (!codec) return false;
  codec_ = std::move(*codec);
  track_.emplace(input_, stream_, follow_);
  first_rate_ = rate_ = 0;
  part_ = !input_.times_go_on();
  switched_ = !part_;
  return true;
}

/// False if the packet is damaged.
bool AudioDecoder::send(const AVPacket* packet) {
  // The decoder was drained of frames, so it never returns EAGAIN here.
  if (avcodec_send_packet(codec_.get(), packet) >= 0) return true;
  ++damaged_;
  return false;
}

void AudioDecoder::end_input(int error) {
  part_ended_ = input_.has_next_part();
  input_ended_ = !part_ended_;
  if (error != AVERROR_EOF && input_ended_) read_failure_ = error;
  avcodec_send_packet(codec_.get(), nullptr);
}

}  // namespace vat::media

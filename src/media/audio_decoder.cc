#include "media/audio_decoder.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace vat::media {
namespace {

/// A demuxer that fails this often without a packet in between will not recover.
constexpr int kMaxReadFailures = 32;
/// No codec has longer frames, except in files made to exhaust memory.
constexpr std::int64_t kMaxFrameSamples = 4 * 1024 * 1024;
/// Where "fLaC" and the header of the block precede the stream's parameters (Ogg mapping of FLAC).
constexpr std::size_t kOggFlacParameters = 17;
constexpr std::size_t kFlacParameterBytes = 34;

/// Timestamps of a page may be counted back from its end, so that they go back a little.
constexpr double kLinkStep = 0.5;

std::string_view extradata_of(const AVCodecParameters* parameters) {
  return {reinterpret_cast<const char*>(parameters->extradata),
          static_cast<std::size_t>(std::max(parameters->extradata_size, 0))};
}

std::string_view bytes_of_packet(const AVPacket* packet) {
  return {reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size)};
}

/// `header` replaces the extradata of the stream, unless it is empty.
Result<AvPtr<AVCodecContext>> open_codec(const Input& input, const AVStream* stream,
                                         std::string_view header) {
  const AVCodecID id = stream->codecpar->codec_id;
  const AVCodec* decoder = avcodec_find_decoder(id);
  if (decoder == nullptr || decoder->type != AVMEDIA_TYPE_AUDIO)
    return fail(ErrorCode::kBadMedia, input.name() + " has audio in a format that cannot be decoded (" +
                                          avcodec_get_name(id) + ").");
  AvPtr<AVCodecContext> codec(avcodec_alloc_context3(decoder));
  if (!codec) return fail(ErrorCode::kLimit, "There is not enough memory to decode the audio.");
  if (avcodec_parameters_to_context(codec.get(), stream->codecpar) < 0)
    return fail(ErrorCode::kBadMedia, input.name() + " has audio with invalid parameters.");
  if (!header.empty()) {
    av_freep(&codec->extradata);
    codec->extradata = static_cast<std::uint8_t*>(av_mallocz(header.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (codec->extradata == nullptr)
      return fail(ErrorCode::kLimit, "There is not enough memory to decode the audio.");
    std::memcpy(codec->extradata, header.data(), header.size());
    codec->extradata_size = static_cast<int>(header.size());
  }
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
  return (format->flags & AVFMT_GENERIC_INDEX) != 0 &&
         ((format->flags & AVFMT_TS_DISCONT) == 0 || std::string_view(format->name) == "ogg");
}

}  // namespace

AudioDecoder::AudioDecoder(Input& input, AVStream* stream, bool follow)
    : input_(input),
      track_(input, stream, follow),
      counted_stamps_(counts_stamps(input.context()->iformat)),
      is_ogg_(std::string_view(input.context()->iformat->name) == "ogg"),
      stream_(stream) {}

Result<std::unique_ptr<AudioDecoder>> AudioDecoder::open(Input& input, AVStream* stream, bool follow) {
  std::unique_ptr<AudioDecoder> decoder(new AudioDecoder(input, stream, follow));
  VAT_ASSIGN(decoder->codec_, open_codec(input, stream, {}));
  decoder->extradata_ = extradata_of(stream->codecpar);
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
    if (input_ended_) return DecodedFrame{};
    VAT_TRY(feed());
  }
}

DecodedFrame AudioDecoder::describe(AvPtr<AVFrame> frame) {
  DecodedFrame decoded{.frame = std::move(frame),
                       .seconds = {},
                       .switched = std::exchange(switched_, false),
                       .restart = std::exchange(restart_, false)};
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
    const int error = track_.next(packet_.get());
    if (error == AVERROR_EXIT) return fail(read_error(error, {}));
    if (error < 0) {
      if (error != AVERROR_EOF && input_.io().failure() == 0 && ++failures_in_a_row_ < kMaxReadFailures)
        continue;
      end_input(error);
      return {};
    }
    failures_in_a_row_ = 0;
    const Header header = is_ogg_ ? header_in(packet_.get()) : Header::kNone;
    if (header == Header::kOther) continue;
    if (is_ogg_) note_link(packet_.get());
    if (header == Header::kFirst || parameters_changed()) {
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
  const AVCodecParameters* now = track_.stream()->codecpar;
  if (track_.stream() != stream_ || now->codec_id != codec_->codec_id) return true;
  // libavformat reads the headers of a link with a serial number of its own into the parameters.
  return is_ogg_ && now->extradata_size > 0 && extradata_of(now) != extradata_;
}

/// Timestamps go back only where a link of a chained Ogg file begins.
void AudioDecoder::note_link(const AVPacket* packet) {
  if (packet->pts == AV_NOPTS_VALUE) return;
  const double seconds = static_cast<double>(packet->pts) * av_q2d(track_.stream()->time_base);
  if (last_seconds_ && seconds < *last_seconds_ - kLinkStep) restart_ = true;
  last_seconds_ = seconds;
}

/// The first packets of a link with the serial number of the one before are headers, which libavformat
/// delivers like audio.
AudioDecoder::Header AudioDecoder::header_in(const AVPacket* packet) {
  const std::string_view bytes = bytes_of_packet(packet);
  switch (track_.stream()->codecpar->codec_id) {
    case AV_CODEC_ID_OPUS:
      if (bytes.starts_with("OpusHead")) return Header::kFirst;
      return bytes.starts_with("OpusTags") ? Header::kOther : Header::kNone;
    case AV_CODEC_ID_FLAC:
      if (bytes.starts_with("\x7f"
                            "FLAC"))
        return Header::kFirst;
      // Every frame begins with the sync code 0xFFF8 or 0xFFF9.
      return bytes.starts_with('\xff') ? Header::kNone : Header::kOther;
    case AV_CODEC_ID_SPEEX:
      if (std::exchange(comment_follows_, false)) return Header::kOther;
      comment_follows_ = bytes.starts_with("Speex   ");
      return comment_follows_ ? Header::kFirst : Header::kNone;
    case AV_CODEC_ID_VORBIS:
      // Its decoder takes the headers itself.
      if (bytes.starts_with("\x01vorbis")) restart_ = true;
      return Header::kNone;
    default:
      return Header::kNone;
  }
}

/// Goes on with the held packet, for which the last decoder was drained.
void AudioDecoder::begin_codec() {
  const AvPtr<AVPacket> packet = std::exchange(held_, nullptr);
  const bool link = !parameters_changed();
  switched_ = stream_ != track_.stream();
  stream_ = track_.stream();
  extradata_ = extradata_of(stream_->codecpar);
  std::string_view header;
  if (link) {
    header = bytes_of_packet(packet.get());
    if (codec_->codec_id == AV_CODEC_ID_FLAC && header.size() >= kOggFlacParameters + kFlacParameterBytes)
      header = header.substr(kOggFlacParameters, kFlacParameterBytes);
    restart_ = true;
  }
  if (auto codec = open_codec(input_, stream_, header)) {
    codec_ = std::move(*codec);
  } else {
    ++damaged_;
    avcodec_flush_buffers(codec_.get());
  }
  if (!link) send(packet.get());
}

/// False if the packet is damaged.
bool AudioDecoder::send(const AVPacket* packet) {
  // The decoder was drained of frames, so it never returns EAGAIN here.
  if (avcodec_send_packet(codec_.get(), packet) >= 0) return true;
  ++damaged_;
  return false;
}

void AudioDecoder::end_input(int error) {
  input_ended_ = true;
  if (error != AVERROR_EOF) read_failure_ = error;
  avcodec_send_packet(codec_.get(), nullptr);
}

}  // namespace vat::media

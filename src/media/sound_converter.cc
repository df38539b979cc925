#include "media/sound_converter.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace vat::media {
namespace {

tl::unexpected<Error> sound_failure(const AVStream* stream, int error) {
  return fail(ErrorCode::kUnavailable,
              std::string("This machine's FFmpeg cannot convert sound of the format ") +
                  avcodec_get_name(stream->codecpar->codec_id) + ".",
              av_error_text(error));
}

/// Where the planes of all channels are one.
AVCodecID samples_codec(const AVCodecParameters* parameters) {
  constexpr int kThreeBytes = 24;
  switch (static_cast<AVSampleFormat>(parameters->format)) {
    case AV_SAMPLE_FMT_U8:
      return AV_CODEC_ID_PCM_U8;
    case AV_SAMPLE_FMT_S16:
      return AV_CODEC_ID_PCM_S16LE;
    case AV_SAMPLE_FMT_S32:
      return parameters->bits_per_raw_sample > 0 && parameters->bits_per_raw_sample <= kThreeBytes
                 ? AV_CODEC_ID_PCM_S24LE
                 : AV_CODEC_ID_PCM_S32LE;
    case AV_SAMPLE_FMT_FLT:
      return AV_CODEC_ID_PCM_F32LE;
    default:
      return AV_CODEC_ID_NONE;
  }
}

}  // namespace

Result<std::unique_ptr<SoundConverter>> SoundConverter::create(const AVStream* stream) {
  std::unique_ptr<SoundConverter> converter(new SoundConverter());
  VAT_TRY(converter->open(stream));
  return converter;
}

Result<> SoundConverter::open(const AVStream* stream) {
  const AVCodecParameters* parameters = stream->codecpar;
  const AVCodec* from = avcodec_find_decoder(parameters->codec_id);
  const AVCodec* to = avcodec_find_encoder(samples_codec(parameters));
  if (from == nullptr || to == nullptr) return sound_failure(stream, AVERROR_ENCODER_NOT_FOUND);
  decoder_.reset(avcodec_alloc_context3(from));
  encoder_.reset(avcodec_alloc_context3(to));
  parameters_.reset(avcodec_parameters_alloc());
  if (!decoder_ || !encoder_ || !parameters_ || !frame_ || !encoded_)
    return sound_failure(stream, AVERROR(ENOMEM));
  avcodec_parameters_to_context(decoder_.get(), parameters);
  decoder_->pkt_timebase = stream->time_base;
  if (const int error = avcodec_open2(decoder_.get(), from, nullptr); error < 0)
    return sound_failure(stream, error);
  encoder_->sample_fmt = static_cast<AVSampleFormat>(parameters->format);
  encoder_->sample_rate = parameters->sample_rate;
  encoder_->time_base = AVRational{1, parameters->sample_rate};
  encoder_->bits_per_raw_sample = parameters->bits_per_raw_sample;
  av_channel_layout_copy(&encoder_->ch_layout, &parameters->ch_layout);
  if (const int error = avcodec_open2(encoder_.get(), to, nullptr); error < 0)
    return sound_failure(stream, error);
  if (const int error = avcodec_parameters_from_context(parameters_.get(), encoder_.get()); error < 0)
    return sound_failure(stream, error);
  return {};
}

int SoundConverter::encode(const AVFrame* frame, std::string& bytes) {
  // What changes in the middle has no place in the new track.
  if (frame->format != encoder_->sample_fmt || frame->sample_rate != encoder_->sample_rate ||
      frame->ch_layout.nb_channels != encoder_->ch_layout.nb_channels)
    return 0;
  if (const int error = avcodec_send_frame(encoder_.get(), frame); error < 0) return error;
  while (avcodec_receive_packet(encoder_.get(), encoded_.get()) == 0) {
    bytes.append(reinterpret_cast<const char*>(encoded_->data), static_cast<std::size_t>(encoded_->size));
    av_packet_unref(encoded_.get());
  }
  return 0;
}

Result<AvPtr<AVPacket>> SoundConverter::convert(const AVPacket* packet) {
  std::string bytes;
  if (avcodec_send_packet(decoder_.get(), packet) < 0) return AvPtr<AVPacket>();
  while (avcodec_receive_frame(decoder_.get(), frame_.get()) == 0) {
    const int error = encode(frame_.get(), bytes);
    av_frame_unref(frame_.get());
    if (error < 0)
      return fail(ErrorCode::kInternal, "The original's sound cannot be converted.", av_error_text(error));
  }
  if (bytes.empty()) return AvPtr<AVPacket>();
  AvPtr<AVPacket> converted = make_packet();
  if (!converted || av_new_packet(converted.get(), static_cast<int>(bytes.size())) < 0)
    return fail(ErrorCode::kLimit, "There is not enough memory to write the video.");
  std::copy(bytes.begin(), bytes.end(), converted->data);
  converted->pts = packet->pts;
  converted->dts = packet->dts;
  converted->duration = packet->duration;
  converted->flags |= AV_PKT_FLAG_KEY;
  return converted;
}

}  // namespace vat::media

#include "media/subtitle_track.h"

#include <algorithm>
#include <cstring>

#include "filters/av_log.h"
#include "media/descriptor_io.h"

namespace vat::media {
namespace {

constexpr std::int64_t kMaxTrackBytes = 32 * 1024 * 1024;
constexpr std::size_t kMaxCueBytes = 64 * 1024;

/// The demuxer of one SubRip file.
struct Demuxer {
  Demuxer() = default;
  Demuxer(const Demuxer&) = delete;
  Demuxer& operator=(const Demuxer&) = delete;
  ~Demuxer() { avformat_close_input(&context); }

  Result<> open(int fd, const std::string& name) {
    VAT_ASSIGN(io, DescriptorInput::create(fd, {}));
    if (io->size().value_or(0) > kMaxTrackBytes)
      return fail(ErrorCode::kLimit, name + " is too large for a subtitle file.");
    context = avformat_alloc_context();
    if (context == nullptr)
      return fail(ErrorCode::kLimit, "There is not enough memory to read the subtitles.");
    context->pb = io->context();
    const int error = avformat_open_input(&context, nullptr, av_find_input_format("srt"), nullptr);
    if (error < 0 || context->nb_streams == 0)
      return fail(ErrorCode::kBadData, name + " is not a SubRip file.", av_error_text(error));
    return {};
  }

  std::unique_ptr<DescriptorInput> io;
  AVFormatContext* context = nullptr;
};

tl::unexpected<Error> codec_failure(const std::string& name, int error) {
  return fail(ErrorCode::kUnavailable, "This machine's FFmpeg cannot convert subtitles to " + name + ".",
              av_error_text(error));
}

}  // namespace

/// Decoder and encoder communicate in events of the ASS format.
Result<> SubtitleConverter::open(const AVStream* stream, const std::string& encoder_name) {
  const AVCodec* from = avcodec_find_decoder(stream->codecpar->codec_id);
  const AVCodec* to = avcodec_find_encoder_by_name(encoder_name.c_str());
  if (from == nullptr || to == nullptr) return codec_failure(encoder_name, AVERROR_ENCODER_NOT_FOUND);
  decoder_.reset(avcodec_alloc_context3(from));
  encoder_.reset(avcodec_alloc_context3(to));
  parameters_.reset(avcodec_parameters_alloc());
  if (!decoder_ || !encoder_ || !parameters_) return codec_failure(encoder_name, AVERROR(ENOMEM));
  avcodec_parameters_to_context(decoder_.get(), stream->codecpar);
  decoder_->pkt_timebase = stream->time_base;
  if (const int error = avcodec_open2(decoder_.get(), from, nullptr); error < 0)
    return codec_failure(encoder_name, error);
  encoder_->time_base = AVRational{1, 1000};
  if (decoder_->subtitle_header_size > 0) {
    const auto size = static_cast<std::size_t>(decoder_->subtitle_header_size);
    encoder_->subtitle_header = static_cast<std::uint8_t*>(av_mallocz(size + 1));
    if (encoder_->subtitle_header == nullptr) return codec_failure(encoder_name, AVERROR(ENOMEM));
    std::memcpy(encoder_->subtitle_header, decoder_->subtitle_header, size);
    encoder_->subtitle_header_size = decoder_->subtitle_header_size;
  }
  if (const int error = avcodec_open2(encoder_.get(), to, nullptr); error < 0)
    return codec_failure(encoder_name, error);
  if (const int error = avcodec_parameters_from_context(parameters_.get(), encoder_.get()); error < 0)
    return codec_failure(encoder_name, error);
  return {};
}

Result<std::unique_ptr<SubtitleConverter>> SubtitleConverter::create(const AVStream* stream,
                                                                     const std::string& encoder) {
  std::unique_ptr<SubtitleConverter> converter(new SubtitleConverter());
  VAT_TRY(converter->open(stream, encoder));
  return converter;
}

Result<AvPtr<AVPacket>> SubtitleConverter::convert(const AVPacket* cue) {
  AVSubtitle subtitle{};
  int got = 0;
  const int error = avcodec_decode_subtitle2(decoder_.get(), &subtitle, &got, const_cast<AVPacket*>(cue));
  if (error < 0 || got == 0) return AvPtr<AVPacket>();
  std::vector<std::uint8_t> bytes(kMaxCueBytes);
  const int size =
      subtitle.num_rects == 0
          ? 0
          : avcodec_encode_subtitle(encoder_.get(), bytes.data(), static_cast<int>(bytes.size()), &subtitle);
  avsubtitle_free(&subtitle);
  if (size < 0) return fail(ErrorCode::kBadData, "A subtitle is too long to be stored.", av_error_text(size));
  if (size == 0) return AvPtr<AVPacket>();
  AvPtr<AVPacket> packet = make_packet();
  if (!packet || av_new_packet(packet.get(), size) < 0) return codec_failure("packets", AVERROR(ENOMEM));
  std::copy_n(bytes.begin(), size, packet->data);
  packet->pts = packet->dts = cue->pts;
  packet->duration = cue->duration;
  packet->flags |= AV_PKT_FLAG_KEY;
  return packet;
}

Result<SubtitleTrack> read_subtitles(int fd, const std::string& name, const std::string& encoder) {
  filters::route_av_log();
  Demuxer demuxer;
  VAT_TRY(demuxer.open(fd, name));
  const AVStream* stream = demuxer.context->streams[0];
  VAT_ASSIGN(const auto converter, SubtitleConverter::create(stream, encoder));
  SubtitleTrack track;
  track.unit = stream->time_base;
  track.parameters.reset(avcodec_parameters_alloc());
  if (!track.parameters || avcodec_parameters_copy(track.parameters.get(), converter->parameters()) < 0)
    return codec_failure(encoder, AVERROR(ENOMEM));
  AvPtr<AVPacket> cue = make_packet();
  while (cue && av_read_frame(demuxer.context, cue.get()) >= 0) {
    auto converted = converter->convert(cue.get());
    av_packet_unref(cue.get());
    if (!converted) return fail(std::move(converted).error().with_context(name));
    if (*converted) track.packets.push_back(std::move(*converted));
  }
  if (track.packets.empty()) return fail(ErrorCode::kBadData, name + " contains no subtitles.");
  return track;
}

}  // namespace vat::media

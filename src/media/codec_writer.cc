#include "media/codec_writer.h"

#include <algorithm>
#include <cmath>

#include "filters/av_log.h"

namespace vat::media {
namespace {

constexpr int kMinEncodedRate = 4'000;
constexpr int kMaxEncodedRate = 384'000;
/// For codecs that take frames of any length.
constexpr std::size_t kFreeFrame = 4096;
constexpr std::size_t kBlock = 16'384;
/// Of a codec's bit rate for speech: what two channels of any sound need.
constexpr int kStereoBitRate = 3;

struct Recipe {
  const char* encoder;
  const char* container;
  int bit_rate;  ///< For speech at up to 24 kHz; 0 for lossless.
};

Recipe recipe_of(AudioFormat format) {
  switch (format) {
    case AudioFormat::kMp3:
      return {"libmp3lame", "mp3", 64'000};
    case AudioFormat::kOpus:
      return {"libopus", "ogg", 32'000};
    case AudioFormat::kM4a:
      return {"aac", "ipod", 64'000};
    case AudioFormat::kAac:
      return {"aac", "adts", 64'000};
    case AudioFormat::kFlac:
      return {"flac", "flac", 0};
    case AudioFormat::kWav:
      return {"pcm_s16le", "wav", 0};
  }
  return {"pcm_s16le", "wav", 0};
}

/// The lowest rate of the codec that is lossless, or its highest.
int codec_rate(const AVCodec* codec, int wanted) {
  if (codec->supported_samplerates == nullptr) return wanted;
  int above = 0;
  int highest = 0;
  for (const int* rate = codec->supported_samplerates; *rate != 0; ++rate) {
    highest = std::max(highest, *rate);
    if (*rate >= wanted && (above == 0 || *rate < above)) above = *rate;
  }
  return above != 0 ? above : highest;
}

AVSampleFormat codec_format(const AVCodec* codec) {
  for (const AVSampleFormat wanted :
       {AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S16P}) {
    for (const AVSampleFormat* format = codec->sample_fmts;
         format != nullptr && *format != AV_SAMPLE_FMT_NONE; ++format) {
      if (*format == wanted) return wanted;
    }
  }
  return AV_SAMPLE_FMT_NONE;
}

tl::unexpected<Error> no_memory() {
  return fail(ErrorCode::kLimit, "There is not enough memory to encode the audio.");
}

float clip(float sample) {
  if (!(sample >= -1.0F)) return sample < -1.0F ? -1.0F : 0.0F;  // NaN is silence
  return std::min(sample, 1.0F);
}

}  // namespace

Result<std::unique_ptr<CodecWriter>> CodecWriter::create(int fd, const std::string& name,
                                                         const EncoderOptions& options) {
  filters::route_av_log();
  if (options.sample_rate < kMinEncodedRate || options.sample_rate > kMaxEncodedRate)
    return fail(ErrorCode::kInvalidArgument, "Sound at " + std::to_string(options.sample_rate) +
                                                 " Hz cannot be encoded; use 4000 to 384000 Hz.");
  if (options.channels != 1 && options.channels != 2)
    return fail(ErrorCode::kInvalidArgument, "Sound is encoded with one channel or two.");
  std::unique_ptr<CodecWriter> writer(new CodecWriter());
  if (!writer->packet_) return no_memory();
  VAT_ASSIGN(writer->muxer_, Muxer::create(fd, name, recipe_of(options.format).container));
  VAT_TRY(writer->open_codec(options));
  VAT_TRY(writer->open_container(options));
  VAT_TRY(writer->open_resampler(options.sample_rate));
  return writer;
}

Result<> CodecWriter::open_codec(const EncoderOptions& options) {
  const Recipe recipe = recipe_of(options.format);
  const AVCodec* encoder = avcodec_find_encoder_by_name(recipe.encoder);
  if (encoder == nullptr)
    return fail(ErrorCode::kUnavailable, "This machine's FFmpeg has no " + std::string(recipe.encoder) +
                                             " encoder; choose another format, such as wav.");
  codec_.reset(avcodec_alloc_context3(encoder));
  if (!codec_) return no_memory();
  codec_->sample_rate = codec_rate(encoder, options.sample_rate);
  codec_->sample_fmt = codec_format(encoder);
  codec_->time_base = AVRational{1, codec_->sample_rate};
  codec_->thread_count = 1;
  av_channel_layout_default(&codec_->ch_layout, options.channels);
  if (recipe.bit_rate != 0) {
    const int mono = codec_->sample_rate > 24'000 ? recipe.bit_rate * 3 / 2 : recipe.bit_rate;
    const int usual = options.channels == 1 ? mono : recipe.bit_rate * kStereoBitRate;
    codec_->bit_rate = options.bit_rate > 0 ? options.bit_rate : usual;
  }
  if (options.format == AudioFormat::kOpus && options.channels == 1)
    av_opt_set(codec_->priv_data, "application", "voip", 0);
  codec_->flags |= AV_CODEC_FLAG_BITEXACT;
  if ((muxer_->context()->oformat->flags & AVFMT_GLOBALHEADER) != 0)
    codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (const int error = avcodec_open2(codec_.get(), encoder, nullptr); error < 0)
    return fail(ErrorCode::kInvalidArgument,
                "The " + std::string(audio_format_name(options.format)) + " encoder does not support " +
                    std::to_string(codec_->bit_rate) + " bits a second at " +
                    std::to_string(codec_->sample_rate) + " Hz.",
                av_error_text(error));
  return {};
}

Result<> CodecWriter::open_container(const EncoderOptions& options) {
  AVFormatContext* context = muxer_->context();
  AVStream* stream = avformat_new_stream(context, nullptr);
  if (stream == nullptr || avcodec_parameters_from_context(stream->codecpar, codec_.get()) < 0)
    return no_memory();
  stream->time_base = codec_->time_base;
  if (!options.title.empty()) av_dict_set(&context->metadata, "title", options.title.c_str(), 0);
  if (!options.language.empty()) av_dict_set(&stream->metadata, "language", options.language.c_str(), 0);
  Muxer::Options muxer_options;
  // A pipe cannot be rewound to write an index in front, so the index comes in pieces, one a second.
  if (options.format == AudioFormat::kM4a && !muxer_->seekable())
    muxer_options = {{"movflags", "empty_moov+delay_moov+default_base_moof"}, {"frag_duration", "1000000"}};
  return muxer_->write_header(muxer_options);
}

Result<> CodecWriter::open_resampler(int sample_rate) {
  if (sample_rate == codec_->sample_rate) return {};
  AVChannelLayout* const layout = &codec_->ch_layout;
  SwrContext* raw = nullptr;
  const int error = swr_alloc_set_opts2(&raw, layout, AV_SAMPLE_FMT_FLT, codec_->sample_rate, layout,
                                        AV_SAMPLE_FMT_FLT, sample_rate, 0, nullptr);
  resampler_.reset(raw);
  if (error < 0 || swr_init(raw) < 0)
    return fail(ErrorCode::kInternal, "The sample rate of the audio cannot be converted.",
                av_error_text(error));
  return {};
}

Result<> CodecWriter::write(std::span<const float> samples) {
  while (!samples.empty()) {
    const auto piece = samples.first(std::min(samples.size(), kBlock));
    samples = samples.subspan(piece.size());
    VAT_TRY(resample(piece.data(), static_cast<int>(piece.size()) / channels()));
    VAT_TRY(encode_waiting(false));
  }
  return {};
}

Result<> CodecWriter::resample(const float* samples, int count) {
  if (!resampler_) {
    waiting_.insert(waiting_.end(), samples, samples + static_cast<std::ptrdiff_t>(count) * channels());
    return {};
  }
  const int room = swr_get_out_samples(resampler_.get(), count);
  const std::size_t old_size = waiting_.size();
  const auto wide = static_cast<std::size_t>(channels());
  waiting_.resize(old_size + wide * static_cast<std::size_t>(std::max(room, 0)));
  auto* out = reinterpret_cast<std::uint8_t*>(waiting_.data() + old_size);
  const auto* in = reinterpret_cast<const std::uint8_t*>(samples);
  const int made = swr_convert(resampler_.get(), &out, room, samples == nullptr ? nullptr : &in, count);
  waiting_.resize(old_size + wide * static_cast<std::size_t>(std::max(made, 0)));
  if (made < 0)
    return fail(ErrorCode::kInternal, "The sample rate of the audio cannot be converted.",
                av_error_text(made));
  return {};
}

Result<> CodecWriter::encode_waiting(bool last) {
  const std::size_t frame =
      static_cast<std::size_t>(channels()) *
      (codec_->frame_size > 0 ? static_cast<std::size_t>(codec_->frame_size) : kFreeFrame);
  std::span<const float> rest = waiting_;
  while (rest.size() >= frame || (last && !rest.empty())) {
    const auto piece = rest.first(std::min(rest.size(), frame));
    rest = rest.subspan(piece.size());
    VAT_TRY(encode(piece));
  }
  waiting_.erase(waiting_.begin(), waiting_.end() - static_cast<std::ptrdiff_t>(rest.size()));
  return {};
}

void CodecWriter::fill(AVFrame& frame, std::span<const float> samples) const {
  const bool planar = av_sample_fmt_is_planar(codec_->sample_fmt) != 0;
  const bool floats = codec_->sample_fmt == AV_SAMPLE_FMT_FLT || codec_->sample_fmt == AV_SAMPLE_FMT_FLTP;
  const auto wide = static_cast<std::size_t>(channels());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    std::uint8_t* const plane = frame.data[planar ? i % wide : 0];  // NOLINT(*-constant-array-index)
    const std::size_t place = planar ? i / wide : i;
    const float sample = clip(samples[i]);
    if (floats)
      reinterpret_cast<float*>(plane)[place] = sample;
    else
      reinterpret_cast<std::int16_t*>(plane)[place] =
          static_cast<std::int16_t>(std::lrint(sample * 32767.0F));
  }
}

Result<> CodecWriter::encode(std::span<const float> samples) {
  AvPtr<AVFrame> frame = make_frame();
  if (!frame) return no_memory();
  frame->format = codec_->sample_fmt;
  frame->sample_rate = codec_->sample_rate;
  frame->nb_samples = static_cast<int>(samples.size()) / channels();
  frame->pts = position_;
  if (av_channel_layout_copy(&frame->ch_layout, &codec_->ch_layout) < 0 ||
      av_frame_get_buffer(frame.get(), 0) < 0)
    return no_memory();
  fill(*frame, samples);
  position_ += frame->nb_samples;
  if (const int error = avcodec_send_frame(codec_.get(), frame.get()); error < 0)
    return fail(ErrorCode::kInternal, "The audio could not be encoded.", av_error_text(error));
  return take_packets();
}

Result<> CodecWriter::take_packets() {
  while (true) {
    const int error = avcodec_receive_packet(codec_.get(), packet_.get());
    if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return {};
    if (error < 0) return fail(ErrorCode::kInternal, "The audio could not be encoded.", av_error_text(error));
    packet_->stream_index = 0;
    VAT_TRY(muxer_->write(packet_.get(), codec_->time_base));
  }
}

Result<> CodecWriter::finish() {
  if (resampler_) VAT_TRY(resample(nullptr, 0));
  VAT_TRY(encode_waiting(true));
  avcodec_send_frame(codec_.get(), nullptr);
  VAT_TRY(take_packets());
  return muxer_->finish();
}

}  // namespace vat::media

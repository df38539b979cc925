#include "media/testing/make_media.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <numbers>
#include <utility>

#include "base/file.h"
#include "media/av.h"
#include "media/muxer.h"

namespace vat::media::testing {
namespace {

constexpr AVRational kMicroseconds{1, 1'000'000};

tl::unexpected<Error> failure(const std::string& what, int error) {
  return fail(ErrorCode::kInternal, "Test media: " + what + " failed.", av_error_text(error));
}

std::string usual_encoder(const std::string& container) {
  if (container == "mp3" || container == "avi") return "libmp3lame";
  if (container == "wav") return "pcm_s16le";
  if (container == "flac") return "flac";
  if (container == "webm" || container == "ogg" || container == "opus") return "libopus";
  if (container == "ac3") return "ac3";
  if (container == "asf") return "wmav2";
  if (container == "mpegts") return "mp2";
  return "aac";
}

std::string usual_picture_encoder(const std::string& container) {
  if (container == "webm") return "libvpx";
  if (container == "mpegts") return "mpeg2video";
  return "mpeg4";
}

/// One track being encoded. Makes its packets in order, one frame per step.
class Track {
 public:
  virtual ~Track() = default;
  /// When the next frame begins, in seconds of the file.
  [[nodiscard]] virtual double next_time() const = 0;
  [[nodiscard]] virtual bool done() const = 0;
  /// Encodes one frame, or drains the encoder when there is none left.
  virtual Result<> step(Muxer& muxer) = 0;

 protected:
  Result<> open(const std::string& name) {
    encoder_ = avcodec_find_encoder_by_name(name.c_str());
    if (encoder_ == nullptr) return fail(ErrorCode::kUnavailable, "There is no encoder " + name + ".");
    codec_.reset(avcodec_alloc_context3(encoder_));
    codec_->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    codec_->flags |= AV_CODEC_FLAG_BITEXACT;
    codec_->thread_count = 1;
    return {};
  }

  Result<> attach(Muxer& muxer) {
    if ((muxer.context()->oformat->flags & AVFMT_GLOBALHEADER) != 0)
      codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (const int error = avcodec_open2(codec_.get(), encoder_, nullptr); error < 0)
      return failure(std::string("opening ") + encoder_->name, error);
    stream_ = avformat_new_stream(muxer.context(), nullptr);
    avcodec_parameters_from_context(stream_->codecpar, codec_.get());
    stream_->time_base = codec_->time_base;
    return {};
  }

  template <class Lost>
  Result<> send(AVFrame* frame, Muxer& muxer, Lost lost) {
    if (const int error = avcodec_send_frame(codec_.get(), frame); error < 0)
      return failure("encoding", error);
    while (avcodec_receive_packet(codec_.get(), packet_.get()) == 0) {
      packet_->stream_index = stream_->index;
      if (lost(packet_.get())) {
        av_packet_unref(packet_.get());
        continue;
      }
      VAT_TRY(muxer.write(packet_.get(), codec_->time_base));
    }
    return {};
  }

  const AVCodec* encoder_ = nullptr;
  AvPtr<AVCodecContext> codec_;
  AVStream* stream_ = nullptr;
  AvPtr<AVPacket> packet_ = make_packet();
};

/// Stores a float sample in any of the formats that encoders accept.
void store(AVFrame* frame, int channel, int index, float value) {
  const auto format = static_cast<AVSampleFormat>(frame->format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  std::uint8_t* plane = frame->extended_data[planar ? channel : 0];
  const auto place =
      static_cast<std::size_t>(planar ? index : index * frame->ch_layout.nb_channels + channel);
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_U8:
      plane[place] = static_cast<std::uint8_t>(std::lrint(value * 127.0F) + 128);
      break;
    case AV_SAMPLE_FMT_S16:
      reinterpret_cast<std::int16_t*>(plane)[place] = static_cast<std::int16_t>(std::lrint(value * 32767.0F));
      break;
    case AV_SAMPLE_FMT_S32:
      reinterpret_cast<std::int32_t*>(plane)[place] =
          static_cast<std::int32_t>(std::lrint(value * 2147483000.0));
      break;
    case AV_SAMPLE_FMT_DBL:
      reinterpret_cast<double*>(plane)[place] = value;
      break;
    default:
      reinterpret_cast<float*>(plane)[place] = value;
      break;
  }
}

class SoundTrack : public Track {
 public:
  static Result<std::unique_ptr<Track>> create(Muxer& muxer, const SoundSpec& spec, double seconds) {
    auto track = std::make_unique<SoundTrack>();
    track->spec_ = spec;
    track->total_ = std::llround(seconds * spec.sample_rate);
    VAT_TRY(track->open(spec.encoder.empty() ? usual_encoder(muxer.context()->oformat->name) : spec.encoder));
    AVCodecContext* codec = track->codec_.get();
    codec->sample_rate = spec.sample_rate;
    codec->sample_fmt =
        track->encoder_->sample_fmts != nullptr ? track->encoder_->sample_fmts[0] : AV_SAMPLE_FMT_S16;
    codec->time_base = AVRational{1, spec.sample_rate};
    av_channel_layout_default(&codec->ch_layout, spec.channels);
    VAT_TRY(track->attach(muxer));
    AVStream* stream = track->stream_;
    if (!spec.language.empty()) av_dict_set(&stream->metadata, "language", spec.language.c_str(), 0);
    if (!spec.title.empty()) av_dict_set(&stream->metadata, "title", spec.title.c_str(), 0);
    if (spec.is_default) stream->disposition |= AV_DISPOSITION_DEFAULT;
    return std::unique_ptr<Track>(std::move(track));
  }

  [[nodiscard]] double next_time() const override {
    return spec_.start + static_cast<double>(position_) / spec_.sample_rate;
  }
  [[nodiscard]] bool done() const override { return done_; }

  Result<> step(Muxer& muxer) override {
    const auto lost = [&](const AVPacket* packet) {
      const double time = static_cast<double>(packet->pts) / spec_.sample_rate - spec_.start;
      return time >= spec_.lost_from && time < spec_.lost_to;
    };
    if (position_ >= total_) {
      done_ = true;
      return send(nullptr, muxer, lost);
    }
    AvPtr<AVFrame> frame = make_frame();
    const int size = codec_->frame_size > 0 ? codec_->frame_size : 1024;
    frame->format = codec_->sample_fmt;
    frame->sample_rate = spec_.sample_rate;
    frame->nb_samples = static_cast<int>(std::min<std::int64_t>(size, total_ - position_));
    frame->pts = position_ + std::llround(spec_.start * spec_.sample_rate);
    av_channel_layout_copy(&frame->ch_layout, &codec_->ch_layout);
    if (const int error = av_frame_get_buffer(frame.get(), 0); error < 0) return failure("a frame", error);
    for (int i = 0; i < frame->nb_samples; ++i) {
      const double time = static_cast<double>(position_ + i) / spec_.sample_rate;
      for (int channel = 0; channel < spec_.channels; ++channel)
        store(frame.get(), channel, i, spec_.signal(time, channel));
    }
    position_ += frame->nb_samples;
    return send(frame.get(), muxer, lost);
  }

 private:
  SoundSpec spec_;
  std::int64_t total_ = 0;
  std::int64_t position_ = 0;
  bool done_ = false;
};

class PictureTrack : public Track {
 public:
  static Result<std::unique_ptr<Track>> create(Muxer& muxer, const PictureSpec& spec, double seconds) {
    auto track = std::make_unique<PictureTrack>();
    track->spec_ = spec;
    track->seconds_ = seconds;
    VAT_TRY(track->open(usual_picture_encoder(muxer.context()->oformat->name)));
    AVCodecContext* codec = track->codec_.get();
    codec->width = spec.width;
    codec->height = spec.height;
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->framerate = av_d2q(spec.frame_rate, 1000);
    // MPEG-4 part 2 has 16 bits for its clock.
    codec->time_base = spec.variable_frame_rate ? AVRational{1, 1000} : av_inv_q(codec->framerate);
    codec->gop_size = 12;
    codec->bit_rate = 200'000;
    if (std::strcmp(track->encoder_->name, "libvpx") == 0)
      av_opt_set(codec->priv_data, "deadline", "realtime", 0);
    VAT_TRY(track->attach(muxer));
    track->stream_->avg_frame_rate = codec->framerate;
    return std::unique_ptr<Track>(std::move(track));
  }

  [[nodiscard]] double next_time() const override { return spec_.start + time_; }
  [[nodiscard]] bool done() const override { return done_; }

  Result<> step(Muxer& muxer) override {
    const auto none = [](const AVPacket*) { return false; };
    if (time_ >= seconds_) {
      done_ = true;
      return send(nullptr, muxer, none);
    }
    AvPtr<AVFrame> frame = make_frame();
    frame->format = codec_->pix_fmt;
    frame->width = spec_.width;
    frame->height = spec_.height;
    frame->pts = std::llround(next_time() / av_q2d(codec_->time_base));
    if (const int error = av_frame_get_buffer(frame.get(), 0); error < 0) return failure("a frame", error);
    for (int plane = 0; plane < 3; ++plane) {
      const int rows = plane == 0 ? spec_.height : spec_.height / 2;
      for (int y = 0; y < rows; ++y) {
        std::uint8_t* row = frame->data[plane] + static_cast<std::ptrdiff_t>(y) * frame->linesize[plane];
        for (int x = 0; x < frame->linesize[plane]; ++x)
          row[x] = static_cast<std::uint8_t>(x + y + 3 * count_);
      }
    }
    // Between half and one and a half of the usual distance.
    const double uneven = spec_.variable_frame_rate ? 0.5 + (count_ * 7 % 11) / 10.0 : 1.0;
    time_ += uneven / spec_.frame_rate;
    ++count_;
    return send(frame.get(), muxer, none);
  }

 private:
  PictureSpec spec_;
  double seconds_ = 0;
  double time_ = 0;
  int count_ = 0;
  bool done_ = false;
};

Result<> write_tracks(Muxer& muxer, std::vector<std::unique_ptr<Track>>& tracks) {
  while (true) {
    Track* next = nullptr;
    for (const auto& track : tracks) {
      if (!track->done() && (next == nullptr || track->next_time() < next->next_time())) next = track.get();
    }
    if (next == nullptr) return {};
    VAT_TRY(next->step(muxer));
  }
}

}  // namespace

Signal tone(double frequency, double amplitude) {
  return [=](double seconds, int /*channel*/) {
    return static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * frequency * seconds));
  };
}

Signal beep_at(double at, double amplitude) {
  const Signal beep = tone(1000, amplitude);
  return [=](double seconds, int channel) {
    return seconds >= at && seconds < at + 0.1 ? beep(seconds - at, channel) : 0.0F;
  };
}

Signal samples_of(std::vector<float> samples, int sample_rate) {
  auto shared = std::make_shared<const std::vector<float>>(std::move(samples));
  return [shared, sample_rate](double seconds, int /*channel*/) {
    const auto index = static_cast<std::size_t>(seconds * sample_rate + 1e-6);
    return index < shared->size() ? (*shared)[index] : 0.0F;
  };
}

Result<> write_media(const std::filesystem::path& path, const MediaSpec& spec) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd) return fail(system_error(errno, "write", path.string()));
  VAT_ASSIGN(auto muxer, Muxer::create(fd.get(), path.string(), spec.container));
  std::vector<std::unique_ptr<Track>> tracks;
  if (spec.picture) {
    VAT_ASSIGN(auto track, PictureTrack::create(*muxer, *spec.picture, spec.seconds));
    tracks.push_back(std::move(track));
  }
  for (const SoundSpec& sound : spec.sound) {
    VAT_ASSIGN(auto track, SoundTrack::create(*muxer, sound, spec.seconds));
    tracks.push_back(std::move(track));
  }
  Muxer::Options options;
  if (spec.index_first)
    options = {{"movflags", "empty_moov+delay_moov+default_base_moof"}, {"frag_duration", "500000"}};
  VAT_TRY(muxer->write_header(options));
  VAT_TRY(write_tracks(*muxer, tracks));
  return muxer->finish();
}

Result<> write_picture(const std::filesystem::path& path) {
  const AVCodec* encoder = avcodec_find_encoder(AV_CODEC_ID_PNG);
  if (encoder == nullptr) return fail(ErrorCode::kUnavailable, "There is no PNG encoder.");
  AvPtr<AVCodecContext> codec(avcodec_alloc_context3(encoder));
  codec->width = 64;
  codec->height = 64;
  codec->pix_fmt = AV_PIX_FMT_GRAY8;
  codec->time_base = kMicroseconds;
  if (const int error = avcodec_open2(codec.get(), encoder, nullptr); error < 0)
    return failure("opening png", error);
  AvPtr<AVFrame> frame = make_frame();
  frame->format = codec->pix_fmt;
  frame->width = codec->width;
  frame->height = codec->height;
  av_frame_get_buffer(frame.get(), 0);
  for (int y = 0; y < frame->height; ++y)
    std::memset(frame->data[0] + static_cast<std::ptrdiff_t>(y) * frame->linesize[0], y, 64);
  AvPtr<AVPacket> packet = make_packet();
  avcodec_send_frame(codec.get(), frame.get());
  avcodec_send_frame(codec.get(), nullptr);
  if (const int error = avcodec_receive_packet(codec.get(), packet.get()); error < 0)
    return failure("png", error);
  return write_file_atomically(
      path,
      std::string_view(reinterpret_cast<const char*>(packet->data), static_cast<std::size_t>(packet->size)),
      Overwrite::kReplace);
}

}  // namespace vat::media::testing

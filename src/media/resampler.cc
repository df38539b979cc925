#include "media/resampler.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "domain/audio.h"

namespace vat::media {
namespace {

constexpr int kMinSourceRate = 1'000;
constexpr int kMaxSourceRate = 1'000'000;
/// The maximum that libswresample mixes (SWR_CH_MAX).
constexpr int kMaxChannels = 64;

AvPtr<SwrContext> make_context(const AVFrame* frame, AVChannelLayout& layout) {
  AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
  SwrContext* raw = nullptr;
  if (swr_alloc_set_opts2(&raw, &mono, AV_SAMPLE_FMT_FLT, kRecognitionRate, &layout,
                          static_cast<AVSampleFormat>(frame->format), frame->sample_rate, 0, nullptr) < 0)
    return nullptr;
  AvPtr<SwrContext> context(raw);
  av_opt_set_sample_fmt(raw, "internal_sample_fmt", AV_SAMPLE_FMT_FLTP, 0);
  // Scales the mix so that loud channels together stay within [-1, 1]; float output is not scaled otherwise.
  av_opt_set_double(raw, "rematrix_maxval", 1.0, 0);
  return context;
}

/// A mix of all channels in equal parts, for layouts whose channels have no known positions.
AvPtr<SwrContext> make_equal_mix(const AVFrame* frame) {
  const int channels = frame->ch_layout.nb_channels;
  AVChannelLayout unspecified{};
  unspecified.order = AV_CHANNEL_ORDER_UNSPEC;
  unspecified.nb_channels = channels;
  AvPtr<SwrContext> context = make_context(frame, unspecified);
  std::array<double, kMaxChannels> matrix{};
  matrix.fill(1.0 / channels);
  if (!context || swr_set_matrix(context.get(), matrix.data(), channels) < 0 || swr_init(context.get()) < 0)
    return nullptr;
  return context;
}

/// Ensures [-1, 1]: lossy codecs overshoot, and float formats can contain anything, including NaN.
void limit(std::span<float> samples) {
  for (float& sample : samples) {
    const float low = sample < -1.0F ? -1.0F : sample;
    const float bounded = low > 1.0F ? 1.0F : low;
    sample = bounded == bounded ? bounded : 0.0F;
  }
}

}  // namespace

Resampler::~Resampler() { av_channel_layout_uninit(&layout_); }

bool Resampler::accepts(const AVFrame* frame) const {
  return !context_ || (frame->sample_rate == rate_ && frame->format == format_ &&
                       av_channel_layout_compare(&frame->ch_layout, &layout_) == 0);
}

Result<> Resampler::configure(const AVFrame* frame) {
  const int channels = frame->ch_layout.nb_channels;
  if (frame->sample_rate < kMinSourceRate || frame->sample_rate > kMaxSourceRate || channels < 1 ||
      channels > kMaxChannels)
    return fail(ErrorCode::kBadMedia, "The audio has " + std::to_string(channels) + " channels at " +
                                          std::to_string(frame->sample_rate) +
                                          " Hz, which cannot be converted.");
  AVChannelLayout layout{};
  av_channel_layout_copy(&layout, &frame->ch_layout);
  if (layout.order == AV_CHANNEL_ORDER_UNSPEC) av_channel_layout_default(&layout, channels);
  if (layout.order == AV_CHANNEL_ORDER_NATIVE) {
    context_ = make_context(frame, layout);
    if (context_ && swr_init(context_.get()) < 0) context_.reset();
  }
  av_channel_layout_uninit(&layout);
  if (!context_) context_ = make_equal_mix(frame);
  if (!context_) return fail(ErrorCode::kBadMedia, "The audio cannot be mixed down to one channel.");
  rate_ = frame->sample_rate;
  format_ = frame->format;
  av_channel_layout_copy(&layout_, &frame->ch_layout);
  fed_ = 0;
  return {};
}

Result<> Resampler::convert(const AVFrame* frame, int skip, std::vector<float>& out) {
  if (!context_) VAT_TRY(configure(frame));
  skip = std::clamp(skip, 0, frame->nb_samples);
  const auto format = static_cast<AVSampleFormat>(frame->format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  const int channels = frame->ch_layout.nb_channels;
  const std::ptrdiff_t offset =
      static_cast<std::ptrdiff_t>(skip) * av_get_bytes_per_sample(format) * (planar ? 1 : channels);
  std::array<const std::uint8_t*, kMaxChannels> data{};
  const int planes = planar ? channels : 1;
  for (int i = 0; i < planes; ++i) data.at(static_cast<std::size_t>(i)) = frame->extended_data[i] + offset;
  const int samples = frame->nb_samples - skip;
  if (samples == 0) return {};
  fed_ += samples;
  if (run(data.data(), samples, out) < 0) return fail(ErrorCode::kBadMedia, "The audio cannot be converted.");
  return {};
}

void Resampler::drain(std::vector<float>& out) {
  if (context_) run(nullptr, 0, out);
  context_.reset();
  av_channel_layout_uninit(&layout_);
  fed_ = 0;
}

double Resampler::fed() const {
  return rate_ == 0 ? 0.0 : static_cast<double>(fed_) * kRecognitionRate / rate_;
}

int Resampler::run(const std::uint8_t** data, int samples, std::vector<float>& out) {
  const int room = swr_get_out_samples(context_.get(), samples);
  if (room <= 0) return room;
  const std::size_t old_size = out.size();
  out.resize(old_size + static_cast<std::size_t>(room));
  auto* target = reinterpret_cast<std::uint8_t*>(out.data() + old_size);
  const int count = swr_convert(context_.get(), &target, room, data, samples);
  out.resize(old_size + static_cast<std::size_t>(std::max(count, 0)));
  limit(std::span(out).subspan(old_size));
  return count;
}

}  // namespace vat::media

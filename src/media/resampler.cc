#include "media/resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>

namespace vat::media {
namespace {

constexpr int kMinSourceRate = 1'000;

AvPtr<SwrContext> make_context(AVChannelLayout layout, AVSampleFormat from, AVSampleFormat to, int from_rate,
                               int to_rate) {
  SwrContext* raw = nullptr;
  if (swr_alloc_set_opts2(&raw, &layout, to, to_rate, &layout, from, from_rate, 0, nullptr) < 0)
    return nullptr;
  AvPtr<SwrContext> context(raw);
  av_opt_set_sample_fmt(raw, "internal_sample_fmt", AV_SAMPLE_FMT_FLTP, 0);
  if (swr_init(raw) < 0) return nullptr;
  return context;
}

AVChannelLayout places_unknown(int channels) {
  AVChannelLayout layout{};
  layout.order = AV_CHANNEL_ORDER_UNSPEC;
  layout.nb_channels = channels;
  return layout;
}

/// Where the places of the channels are not known: all alike, or the first two.
std::vector<double> guessed_weights(std::size_t channels, Side side) {
  if (side == Side::kMixed) return std::vector<double>(channels, 1.0 / static_cast<double>(channels));
  std::vector<double> weights(channels, 0.0);
  weights[side == Side::kRight && channels > 1 ? 1 : 0] = 1;
  return weights;
}

/// libswresample's weights for the places of the channels, scaled so that loud channels together stay within
/// [-1, 1].
std::vector<double> side_weights(const AVChannelLayout& frame_layout, Side side) {
  const int channels = frame_layout.nb_channels;
  std::vector<double> weights = guessed_weights(static_cast<std::size_t>(channels), side);
  AVChannelLayout layout{};
  av_channel_layout_copy(&layout, &frame_layout);
  if (layout.order == AV_CHANNEL_ORDER_UNSPEC) av_channel_layout_default(&layout, channels);
  AVChannelLayout to{};
  av_channel_layout_default(&to, side == Side::kMixed ? 1 : 2);
  // A row for each channel of the largest output, all of which are scaled.
  std::vector<double> known(static_cast<std::size_t>(kMaxChannels) * kMaxChannels, 0.0);
  if (layout.order == AV_CHANNEL_ORDER_NATIVE &&
      swr_build_matrix2(&layout, &to, M_SQRT1_2, M_SQRT1_2, 0.0, 1.0, 1.0, known.data(), kMaxChannels,
                        AV_MATRIX_ENCODING_NONE, nullptr) >= 0)
    std::copy_n(known.begin() + (side == Side::kRight ? kMaxChannels : 0), weights.size(), weights.begin());
  av_channel_layout_uninit(&layout);
  return weights;
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

std::vector<double> Resampler::weights(const AVChannelLayout& layout) const {
  if (channel_ == 0) return side_weights(layout, side_);
  std::vector<double> one(static_cast<std::size_t>(layout.nb_channels), 0.0);
  one.at(static_cast<std::size_t>(channel_ - 1)) = 1;
  return one;
}

Result<> Resampler::configure(const AVFrame* frame) {
  const int channels = frame->ch_layout.nb_channels;
  if (frame->sample_rate < kMinSourceRate || frame->sample_rate > kMaxSourceRate || channels < 1 ||
      channels > kMaxChannels)
    return fail(ErrorCode::kBadMedia, "The audio has " + std::to_string(channels) + " channels at " +
                                          std::to_string(frame->sample_rate) +
                                          " Hz, which cannot be converted.");
  if (channel_ > channels)
    return fail(ErrorCode::kBadMedia, "The audio has no channel " + std::to_string(channel_) + ".");
  planes_ = make_context(places_unknown(channels), static_cast<AVSampleFormat>(frame->format),
                         AV_SAMPLE_FMT_FLTP, frame->sample_rate, frame->sample_rate);
  context_ = make_context(AV_CHANNEL_LAYOUT_MONO, AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_FLT, frame->sample_rate,
                          to_rate_);
  if (!planes_ || !context_) {
    context_.reset();
    return fail(ErrorCode::kBadMedia, "The audio cannot be mixed down to one channel.");
  }
  mixer_.configure(weights(frame->ch_layout), frame->sample_rate);
  channels_.resize(static_cast<std::size_t>(channels));
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
  std::array<std::uint8_t*, kMaxChannels> targets{};
  std::array<const float*, kMaxChannels> converted{};
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    channels_[i].resize(static_cast<std::size_t>(samples));
    converted.at(i) = channels_[i].data();
    targets.at(i) = reinterpret_cast<std::uint8_t*>(channels_[i].data());
  }
  if (swr_convert(planes_.get(), targets.data(), samples, data.data(), samples) != samples)
    return fail(ErrorCode::kBadMedia, "The audio cannot be converted.");
  mixer_.push(std::span(converted.data(), channels_.size()), static_cast<std::size_t>(samples), mono_);
  if (resample(out, false) < 0) return fail(ErrorCode::kBadMedia, "The audio cannot be converted.");
  return {};
}

void Resampler::drain(std::vector<float>& out) {
  if (context_) {
    mixer_.flush(mono_);
    resample(out, false);
    resample(out, true);
  }
  context_.reset();
  av_channel_layout_uninit(&layout_);
  fed_ = 0;
}

double Resampler::fed() const { return rate_ == 0 ? 0.0 : static_cast<double>(fed_) * to_rate_ / rate_; }

int Resampler::resample(std::vector<float>& out, bool flush) {
  if (mono_.empty() && !flush) return 0;
  const auto samples = static_cast<int>(mono_.size());
  const auto* data = reinterpret_cast<const std::uint8_t*>(mono_.data());
  const int room = swr_get_out_samples(context_.get(), samples);
  if (room <= 0) return room;
  const std::size_t old_size = out.size();
  out.resize(old_size + static_cast<std::size_t>(room));
  auto* target = reinterpret_cast<std::uint8_t*>(out.data() + old_size);
  const int count = swr_convert(context_.get(), &target, room, flush ? nullptr : &data, samples);
  mono_.clear();
  out.resize(old_size + static_cast<std::size_t>(std::max(count, 0)));
  limit(std::span(out).subspan(old_size));
  return count;
}

}  // namespace vat::media

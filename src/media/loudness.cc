#include "media/loudness.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "filters/filter_graph.h"
#include "media/av.h"

namespace vat::media {
namespace {

/// ebur128's result when nothing passed its absolute gate.
constexpr double kSilence = -70.0;
/// More would amplify noise, not speech.
constexpr double kMaxGain = 40.0;
/// The limiter works at four times the rate, at most at 192 kHz, as ITU-R BS.1770 estimates true peaks, so
/// that peaks between samples become samples; headroom is left for the conversion back to the original rate.
constexpr int kOversampling = 4;
constexpr int kMaxLimiterRate = 192'000;
constexpr double kLimiterRoom = 0.4;

double tag_value(const AVFrame* frame, const char* key, double otherwise) {
  const AVDictionaryEntry* tag = av_dict_get(frame->metadata, key, nullptr, 0);
  return tag == nullptr ? otherwise : std::strtod(tag->value, nullptr);
}

double to_decibels(double linear) { return 20.0 * std::log10(std::max(linear, 1e-10)); }
double to_linear(double decibels) { return std::pow(10.0, decibels / 20.0); }

std::string level_filters(int sample_rate, double gain, bool limit, double peak_ceiling) {
  std::array<char, 256> text{};
  if (!limit) {
    std::snprintf(text.data(), text.size(), "volume=%.4fdB:precision=float,aformat=sample_fmts=flt", gain);
    return text.data();
  }
  std::snprintf(
      text.data(), text.size(),
      "volume=%.4fdB:precision=double,aresample=%d,alimiter=limit=%.6f:attack=5:release=80:level=0:latency=1,"
      "aresample=%d,aformat=sample_fmts=flt",
      gain, std::max(sample_rate, std::min(kOversampling * sample_rate, kMaxLimiterRate)),
      to_linear(peak_ceiling - kLimiterRoom), sample_rate);
  return text.data();
}

}  // namespace

struct LoudnessMeter::Impl {
  std::unique_ptr<filters::FilterGraph> graph;
  Loudness latest;
};

LoudnessMeter::LoudnessMeter() : impl_(std::make_unique<Impl>()) {}
LoudnessMeter::~LoudnessMeter() = default;

Result<std::unique_ptr<LoudnessMeter>> LoudnessMeter::create(int sample_rate, int channels) {
  std::unique_ptr<LoudnessMeter> meter(new LoudnessMeter());
  Impl* impl = meter->impl_.get();
  VAT_ASSIGN(impl->graph,
             filters::FilterGraph::create(
                 sample_rate, "ebur128=metadata=1:peak=true",
                 [impl](const AVFrame* frame) {
                   impl->latest.integrated = tag_value(frame, "lavfi.r128.I", impl->latest.integrated);
                   impl->latest.true_peak = tag_value(frame, "lavfi.r128.true_peak", impl->latest.true_peak);
                   return Result<>();
                 },
                 channels));
  return meter;
}

Result<> LoudnessMeter::push(std::span<const float> samples) { return impl_->graph->push(samples); }

Result<Loudness> LoudnessMeter::finish() {
  VAT_TRY(impl_->graph->finish());
  if (!std::isfinite(impl_->latest.integrated)) impl_->latest.integrated = kSilence;
  return impl_->latest;
}

struct Leveller::Impl {
  std::unique_ptr<filters::FilterGraph> graph;
  Sink sink;
};

Leveller::Leveller() : impl_(std::make_unique<Impl>()) {}
Leveller::~Leveller() = default;

LevelPlan plan_level(const Loudness& measured, double target_lufs, double peak_ceiling) {
  LevelPlan plan;
  if (measured.integrated > kSilence) plan.gain = std::min(target_lufs - measured.integrated, kMaxGain);
  plan.limit = to_decibels(measured.true_peak) + plan.gain > peak_ceiling;
  return plan;
}

Result<std::unique_ptr<Leveller>> Leveller::create(int sample_rate, const LevelPlan& plan,
                                                   double peak_ceiling, Sink sink, int channels) {
  std::unique_ptr<Leveller> leveller(new Leveller());
  Impl* impl = leveller->impl_.get();
  impl->sink = std::move(sink);
  VAT_ASSIGN(impl->graph,
             filters::FilterGraph::create(
                 sample_rate, level_filters(sample_rate, plan.gain, plan.limit, peak_ceiling),
                 [impl](const AVFrame* frame) {
                   return impl->sink(std::span(reinterpret_cast<const float*>(frame->data[0]),
                                               static_cast<std::size_t>(frame->nb_samples) *
                                                   static_cast<std::size_t>(frame->ch_layout.nb_channels)));
                 },
                 channels));
  return leveller;
}

Result<> Leveller::push(std::span<const float> samples) { return impl_->graph->push(samples); }
Result<> Leveller::finish() { return impl_->graph->finish(); }

}  // namespace vat::media

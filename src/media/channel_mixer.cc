#include "media/channel_mixer.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace vat::media {
namespace {

constexpr double kBlockSeconds = 0.5;
/// Below this mean square nothing sounds: -80 dBFS.
constexpr double kSilentPower = 1e-8;
/// The power of the mix relative to that of channels that have nothing in common: below the first they cancel
/// (a correlation of -0.5), above the second they no longer do.
constexpr double kCancelled = 0.5;
constexpr double kRestored = 0.9;
constexpr double kFadeSeconds = 0.02;
/// As many samples of a block may be clicks.
constexpr std::ptrdiff_t kClicks = 8;
/// Per block, back towards 1: a decibel in a second.
constexpr double kRecovery = 1.06;
constexpr float kLargest = 1e9F;

float usable(float sample) { return std::abs(sample) <= kLargest ? sample : 0.0F; }

double power_of(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * sample;
  return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

}  // namespace

void ChannelMixer::configure(std::vector<double> weights, int rate) {
  rate_ = rate;
  block_ = static_cast<std::size_t>(kBlockSeconds * rate);
  weights_ = std::move(weights);
  current_ = weights_;
  waiting_.assign(weights_.size(), {});
  alone_ = false;
}

void ChannelMixer::push(std::span<const float* const> channels, std::size_t samples,
                        std::vector<float>& out) {
  for (std::size_t taken = 0; taken < samples;) {
    const std::size_t count = std::min(samples - taken, block_ - waiting_.front().size());
    for (std::size_t c = 0; c < waiting_.size(); ++c) {
      const float* from = channels[c] + taken;
      std::transform(from, from + count, std::back_inserter(waiting_[c]), usable);
    }
    taken += count;
    if (waiting_.front().size() == block_) mix_block(out);
  }
}

void ChannelMixer::flush(std::vector<float>& out) {
  if (!waiting_.empty() && !waiting_.front().empty()) mix_block(out);
}

void ChannelMixer::mix_block(std::vector<float>& out) {
  const std::size_t samples = waiting_.front().size();
  choose_weights(samples);
  const auto fade = std::min(samples, static_cast<std::size_t>(kFadeSeconds * rate_));
  const std::size_t begin = out.size();
  out.resize(begin + samples, 0.0F);
  float* block = out.data() + begin;
  for (std::size_t c = 0; c < waiting_.size(); ++c) {
    const double step = fade == 0 ? 0 : (next_[c] - current_[c]) / static_cast<double>(fade);
    if (next_[c] == 0 && current_[c] == 0) continue;
    for (std::size_t i = 0; i < fade; ++i)
      block[i] += static_cast<float>((current_[c] + step * static_cast<double>(i)) * waiting_[c][i]);
    const auto weight = static_cast<float>(next_[c]);
    for (std::size_t i = fade; i < samples; ++i) block[i] += weight * waiting_[c][i];
  }
  for (std::vector<float>& channel : waiting_) channel.clear();
  current_ = next_;
  scale(std::span(block, samples));
}

void ChannelMixer::choose_weights(std::size_t samples) {
  next_ = weights_;
  if (weights_.size() < 2) return;
  std::vector<float> mix(samples, 0.0F);
  double apart = 0;
  double loudest = 0;
  std::size_t best = 0;
  std::size_t kept = 0;
  double kept_power = 0;
  for (std::size_t c = 0; c < weights_.size(); ++c) {
    if (weights_[c] == 0) continue;
    const double power = power_of(waiting_[c]);
    apart += weights_[c] * weights_[c] * power;
    if (power > loudest) loudest = power, best = c;
    if (alone_ && current_[c] != 0) kept = c, kept_power = power;
    for (std::size_t i = 0; i < samples; ++i) mix[i] += static_cast<float>(weights_[c]) * waiting_[c][i];
  }
  const double seconds = static_cast<double>(samples) / rate_;
  if (loudest > kSilentPower) {
    sounding_seconds_ += seconds;
    alone_ = power_of(mix) < (alone_ ? kRestored : kCancelled) * apart;
  }
  if (!alone_) return;
  if (loudest > kSilentPower) cancelled_seconds_ += seconds;
  // The channel stays, unless another is much louder.
  constexpr double kMuchLouder = 4;
  if (kept_power * kMuchLouder >= loudest) best = kept;
  std::fill(next_.begin(), next_.end(), 0.0);
  next_[best] = 1;
}

void ChannelMixer::scale(std::span<float> block) {
  const auto beyond = [](float sample) { return std::abs(sample) > 1.0F; };
  double peak = 1;
  if (std::count_if(block.begin(), block.end(), beyond) > kClicks) {
    std::vector<float> sizes(block.size());
    std::transform(block.begin(), block.end(), sizes.begin(), [](float sample) { return std::abs(sample); });
    std::nth_element(sizes.begin(), sizes.begin() + kClicks, sizes.end(), std::greater<>());
    peak = std::max(1.0, static_cast<double>(sizes[kClicks]));
  }
  gain_ = std::min({1.0, gain_ * kRecovery, 1 / peak});
  if (gain_ == 1) return;
  for (float& sample : block) sample *= static_cast<float>(gain_);
}

}  // namespace vat::media

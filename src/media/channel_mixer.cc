#include "media/channel_mixer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>
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
/// A correlation below the negative of this means that a channel is the inverse of another.
constexpr double kInverted = 0.5;
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

void add(std::span<const float> channel, double weight, std::span<float> sum) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<float>(weight) * channel[i];
}

}  // namespace

void ChannelMixer::configure(std::vector<double> weights, int rate) {
  rate_ = rate;
  block_ = static_cast<std::size_t>(kBlockSeconds * rate);
  weights_ = std::move(weights);
  current_ = weights_;
  waiting_.assign(weights_.size(), {});
  corrected_ = false;
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
  for (std::size_t c = 0; c < weights_.size(); ++c) {
    if (weights_[c] == 0) continue;
    const double power = power_of(waiting_[c]);
    apart += weights_[c] * weights_[c] * power;
    loudest = std::max(loudest, power);
    add(waiting_[c], weights_[c], mix);
  }
  const double seconds = static_cast<double>(samples) / rate_;
  if (loudest > kSilentPower) {
    sounding_seconds_ += seconds;
    corrected_ = power_of(mix) < (corrected_ ? kRestored : kCancelled) * apart;
    if (corrected_) cancelled_seconds_ += seconds;
  }
  if (!corrected_) return;
  if (weights_.size() == 2) {
    take_louder();
  } else {
    turn_inverted();
  }
}

/// Of two channels, each alone has everything; their difference would lose what they have in common.
void ChannelMixer::take_louder() {
  // The channel of the block before stays, unless the other is much louder.
  constexpr double kMuchLouder = 4;
  std::array<double, 2> powers = {power_of(waiting_[0]), power_of(waiting_[1])};
  for (std::size_t c = 0; c < 2; ++c) {
    if (current_[c] == 1) powers.at(c) *= kMuchLouder;
  }
  next_ = powers[0] >= powers[1] ? std::vector<double>{1, 0} : std::vector<double>{0, 1};
}

/// Of more, each has something of its own: those that are the inverse of what precedes them are turned.
void ChannelMixer::turn_inverted() {
  std::vector<float> sum(waiting_.front().size(), 0.0F);
  for (std::size_t c = 0; c < weights_.size(); ++c) {
    if (weights_[c] == 0) continue;
    const double together = std::inner_product(sum.begin(), sum.end(), waiting_[c].begin(), 0.0);
    const double own = power_of(waiting_[c]) * static_cast<double>(sum.size());
    const double others = power_of(sum) * static_cast<double>(sum.size());
    if (together < -kInverted * std::sqrt(own * others)) next_[c] = -weights_[c];
    add(waiting_[c], next_[c], sum);
  }
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

// Mixes channels down to one without losing what they have in common. Private to this module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vat::media {

/// Works in blocks of half a second. Where channels cancel each other out (one is the other inverted, as with
/// a wrong cable), the louder one of two is taken instead of the mix, and of more, inverted ones are turned.
/// Samples beyond [-1, 1], as in float formats, are scaled with what surrounds them instead of being clipped;
/// a few samples beyond it are clicks and stay to be clipped. One thread at a time.
class ChannelMixer {
 public:
  /// `weights`: one per channel, of the plain mix; those of 0 are left out. `rate` in Hz.
  void configure(std::vector<double> weights, int rate);
  /// Takes `samples` of each channel and appends mixed blocks to `out`. Non-finite samples become 0.
  void push(std::span<const float* const> channels, std::size_t samples, std::vector<float>& out);
  /// Appends what is left.
  void flush(std::vector<float>& out);
  /// Seconds in which a plain mix would have cancelled most of the sound.
  [[nodiscard]] double cancelled_seconds() const { return cancelled_seconds_; }
  /// Seconds with sound in any channel.
  [[nodiscard]] double sounding_seconds() const { return sounding_seconds_; }

 private:
  void mix_block(std::vector<float>& out);
  void choose_weights(std::size_t samples);
  void take_louder();
  void turn_inverted();
  void scale(std::span<float> block);

  std::vector<double> weights_;              ///< Of the plain mix.
  std::vector<double> current_;              ///< Of the last block.
  std::vector<double> next_;                 ///< Of this block.
  std::vector<std::vector<float>> waiting_;  ///< By channel.
  int rate_ = 0;
  std::size_t block_ = 0;
  bool corrected_ = false;  ///< The last block was not mixed plainly.
  double gain_ = 1;
  double cancelled_seconds_ = 0;
  double sounding_seconds_ = 0;
};

}  // namespace vat::media

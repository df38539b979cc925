// How high somebody speaks: the median of the fundamental frequency of their voiced sounds, by YIN (de
// Cheveigné and Kawahara 2002). Public.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace vat::tts {

/// One thread at a time; memory is bounded.
class PitchMeter {
 public:
  /// 16 kHz mono, of one speaker. Pieces that are not one behind the other are separated by restart().
  void push(std::span<const float> samples);
  void restart() { waiting_.clear(); }
  /// Whether more would hardly change the median.
  [[nodiscard]] bool has_enough() const;
  /// Hz, 60 to 500; 0 after less than a third of a second of voiced sound.
  [[nodiscard]] double median() const;

 private:
  void analyse(std::span<const float> frame);

  std::vector<float> waiting_;
  std::vector<float> found_;  ///< Hz, of each voiced frame.
};

}  // namespace vat::tts

#include "speakers/activity.h"

#include <algorithm>
#include <cmath>

namespace vat::speakers {
namespace {

/// The voices of a class, as bits.
constexpr std::array<std::uint8_t, kClasses> kMembers = {0, 1, 2, 4, 1 | 2, 1 | 4, 2 | 4};
constexpr std::uint8_t kActive = 128;
constexpr float kSteps = 127;

}  // namespace

Activity::Activity(std::uint64_t start, std::span<const float> log_probabilities) : start_(start) {
  for (std::size_t f = 0; f < kWindowFrames; ++f) {
    const auto classes = log_probabilities.subspan(f * kClasses, kClasses);
    const auto likeliest = std::max_element(classes.begin(), classes.end());
    const std::uint8_t members = kMembers[static_cast<std::size_t>(likeliest - classes.begin())];
    std::array<float, kVoices> sums{};
    float total = 0;
    for (std::size_t c = 0; c < kClasses; ++c) {
      const float share = std::exp(classes[c] - *likeliest);
      total += share;
      for (std::size_t v = 0; v < kVoices; ++v)
        if ((kMembers[c] >> v & 1U) != 0) sums[v] += share;
    }
    for (std::size_t v = 0; v < kVoices; ++v) {
      const auto steps = static_cast<std::uint8_t>(std::lround(sums[v] / total * kSteps));
      values_[f * kVoices + v] = steps | ((members >> v & 1U) != 0 ? kActive : std::uint8_t{0});
    }
  }
}

std::size_t Activity::first_frame() const {
  return static_cast<std::size_t>((start_ + kFrameShift / 2) / kFrameShift);
}

bool Activity::active(std::size_t frame, std::size_t voice) const {
  return (values_[frame * kVoices + voice] & kActive) != 0;
}

float Activity::probability(std::size_t frame, std::size_t voice) const {
  return static_cast<float>(values_[frame * kVoices + voice] & (kActive - 1)) / kSteps;
}

std::size_t Activity::count(std::size_t frame) const {
  std::size_t count = 0;
  for (std::size_t v = 0; v < kVoices; ++v) count += active(frame, v) ? 1 : 0;
  return count;
}

std::size_t Activity::frames(std::size_t voice) const {
  std::size_t frames = 0;
  for (std::size_t f = 0; f < kWindowFrames; ++f) frames += active(f, voice) ? 1 : 0;
  return frames;
}

std::size_t Activity::frames_alone(std::size_t voice) const {
  std::size_t frames = 0;
  for (std::size_t f = 0; f < kWindowFrames; ++f) frames += active(f, voice) && count(f) == 1 ? 1 : 0;
  return frames;
}

}  // namespace vat::speakers

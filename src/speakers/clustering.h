// Which voices are one speaker's. Internal to speakers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "domain/speakers.h"
#include "speakers/engine.h"

namespace vat::speakers {

inline constexpr std::size_t kVoiceValues = 192;
/// A vector of length 1; the product of two is their similarity.
using Voice = std::array<float, kVoiceValues>;

/// What one window has of one voice.
struct VoiceSample {
  std::size_t window = 0;
  std::size_t voice = 0;  ///< In the window.
  float frames = 0;       ///< That the voice is computed from.
  Voice values{};
};

[[nodiscard]] float similarity(const Voice& a, const Voice& b);
/// The mean direction, by frames.
[[nodiscard]] Voice centre(std::span<const VoiceSample> samples, std::span<const std::size_t> members);

/// Hierarchical clustering by the mean similarity of all pairs. Returns the members of each cluster, as
/// indices. There may be fewer than the minimum, where voices are certainly one, and never more than the
/// maximum. Time and memory grow linearly beyond kDirectSamples: then blocks of samples that certainly are
/// one voice are joined first.
[[nodiscard]] std::vector<std::vector<std::size_t>> cluster(std::span<const VoiceSample> samples,
                                                            const SpeakerCount& count,
                                                            const Likeness& likeness = {});

inline constexpr std::size_t kDirectSamples = 1024;

}  // namespace vat::speakers

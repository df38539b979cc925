// Which speaker each voice of each window is. Internal to speakers.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "speakers/activity.h"
#include "speakers/clustering.h"

namespace vat::speakers {

/// The speaker of each voice of a window; empty for a voice that is never active.
using Labels = std::array<std::optional<std::size_t>, kVoices>;

/// How well each voice of a window fits each speaker; empty for a voice without samples.
using Fits = std::array<std::vector<float>, kVoices>;

/// Clusters without those that most windows which look at the same stretch do not hear, because they came
/// of one window's mistake; all of them, if nothing would be left. `windows` are those that samples were
/// taken from, by `sampled`, in order.
[[nodiscard]] std::vector<std::vector<std::size_t>> confirmed(std::vector<std::vector<std::size_t>> clusters,
                                                              std::span<const VoiceSample> samples,
                                                              std::span<const Activity> windows,
                                                              std::span<const std::size_t> sampled);

/// Labels for every window: where there are samples, by their voice and by what the neighbours hear; else by
/// the neighbours alone. Voices of one window are different speakers, as long as there are enough.
[[nodiscard]] std::vector<Labels> label(std::span<const Activity> windows,
                                        std::span<const std::size_t> sampled,
                                        std::span<const VoiceSample> samples,
                                        std::span<const Voice> speakers);

}  // namespace vat::speakers

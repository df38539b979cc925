// Who speaks when in a recording whose every channel has one speaker's microphone, as calls have.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "domain/audio.h"
#include "domain/speakers.h"

namespace vat::pipeline {

/// The level of one channel in steps of half a decibel, for each 20 ms.
class ChannelLevels {
 public:
  /// 16 kHz, in [-1, 1]. One thread at a time.
  void add(std::span<const float> samples);
  /// 0: silence; 254: full scale.
  [[nodiscard]] const std::vector<std::uint8_t>& values() const { return values_; }

 private:
  std::vector<std::uint8_t> values_;
  double sum_ = 0;  ///< Of squares in the frame that has begun.
  std::size_t count_ = 0;
};

/// Speaker 0 is the first channel's. A channel has a turn where it is well above its own background, and its
/// level beside the other's is not as when the other speaks, whose voice is heard through the room or the
/// line. Gaps of 0.4 s are closed, sounds shorter than 0.2 s left out. Any thread.
[[nodiscard]] std::vector<SpeakerTurn> turns_of_levels(const std::array<ChannelLevels, 2>& channels);

/// Reads both to their ends, at once. kCancelled after `stop`, kBadMedia for two channels of one sound, and
/// the errors of the sources. Blocks.
[[nodiscard]] Result<std::vector<SpeakerTurn>> channel_turns(AudioSource& first, AudioSource& second,
                                                             const std::stop_token& stop);

}  // namespace vat::pipeline

// Who speaks when in a recording whose every channel has one speaker's microphone, as calls have.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "domain/audio.h"
#include "domain/diarizer.h"
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

/// Reads the two channels of a recording beside its mixed sound, of which it takes only how far that is, so
/// that they are known when it ends.
class ChannelDiarization final : public Diarization {
 public:
  ChannelDiarization(std::unique_ptr<AudioSource> first, std::unique_ptr<AudioSource> second,
                     std::stop_token stop);

  /// Besides kCancelled, the errors of the channels.
  [[nodiscard]] Result<> add(std::span<const float> mixed) override;
  /// Reads what is left. "Channel 1" and "Channel 2", whoever is known; kBadMedia for two channels of one
  /// sound.
  [[nodiscard]] Result<HeardSpeakers> finish(const SpeakerCount& count,
                                             std::span<const KnownSpeaker> known) override;

 private:
  struct Channel {
    std::unique_ptr<AudioSource> source;
    ChannelLevels levels;
  };
  /// False at the end of both.
  [[nodiscard]] Result<bool> read(std::size_t samples);

  std::array<Channel, 2> channels_;
  const std::stop_token stop_;
  std::vector<float> block_;
};

}  // namespace vat::pipeline

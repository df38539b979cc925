// Finds out who speaks when.
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "domain/speakers.h"

namespace vat {

/// Who speaks when, as far as voices tell.
struct HeardSpeakers {
  std::vector<SpeakerTurn> turns;  ///< In order of start.
  /// Of the speakers, who are numbered in the order in which they are first heard; empty for a voice that
  /// nobody is known by.
  std::vector<std::string> names;
};

/// The diarization of one recording, given piece by piece. Memory grows with the recording by far less than
/// its samples. One thread at a time. After a stop every call is kCancelled soon.
class Diarization {
 public:
  virtual ~Diarization() = default;

  /// The next samples: 16 kHz, mono, in [-1, 1].
  [[nodiscard]] virtual Result<> add(std::span<const float> samples) = 0;

  /// After the last samples. Whose voice is much like that of `known` has that name, one speaker each.
  [[nodiscard]] virtual Result<HeardSpeakers> finish(const SpeakerCount& count,
                                                     std::span<const KnownSpeaker> known) = 0;
};

/// Thread-safe.
class Diarizer {
 public:
  virtual ~Diarizer() = default;

  /// Fails when its models cannot be loaded. `stop` is for the whole diarization.
  [[nodiscard]] virtual Result<std::unique_ptr<Diarization>> start(std::stop_token stop) = 0;

  /// What the one voice in these samples is like, for KnownSpeaker: 16 kHz, mono, some seconds. kBadMedia for
  /// silence.
  [[nodiscard]] virtual Result<std::vector<float>> voice(std::span<const float> samples,
                                                         const std::stop_token& stop) = 0;
};

}  // namespace vat

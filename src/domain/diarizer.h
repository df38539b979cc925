// Finds out who speaks when.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "domain/speakers.h"

namespace vat {

/// The diarization of one recording, given piece by piece. Memory grows with the recording by far less than
/// its samples. One thread at a time.
class Diarization {
 public:
  virtual ~Diarization() = default;

  /// The next samples: 16 kHz, mono, in [-1, 1].
  [[nodiscard]] virtual Result<> add(std::span<const float> samples) = 0;

  /// After the last samples: turns in order of start. Speakers are numbered in the order in which they are
  /// first heard.
  [[nodiscard]] virtual Result<std::vector<SpeakerTurn>> finish(const SpeakerCount& count) = 0;
};

/// Thread-safe.
class Diarizer {
 public:
  virtual ~Diarizer() = default;

  /// Fails when its models cannot be loaded.
  [[nodiscard]] virtual Result<std::unique_ptr<Diarization>> start() = 0;
};

}  // namespace vat

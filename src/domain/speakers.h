// Who speaks when in a recording.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/time.h"

namespace vat {

/// Someone who speaks in a recording.
struct Speaker {
  std::string id;  ///< "S1", "S2", ... in the order of first words; stays when others are merged or renamed.
  std::string name;  ///< As a person gave it; empty: unnamed.
  double pitch = 0;  ///< The median of the voice's fundamental frequency, Hz; 0: not known.

  friend bool operator==(const Speaker&, const Speaker&) = default;
};

/// Somebody whose voice is known before, and who may be in a recording.
struct KnownSpeaker {
  std::string name;
  std::vector<float> voice;  ///< Of Diarizer::voice().

  friend bool operator==(const KnownSpeaker&, const KnownSpeaker&) = default;
};

/// A stretch in which one speaker speaks. Turns of different speakers may overlap.
struct SpeakerTurn {
  Millis start{0};
  Millis end{0};
  std::size_t speaker = 0;  ///< Index into the speakers.

  friend bool operator==(const SpeakerTurn&, const SpeakerTurn&) = default;
};

/// How many speakers to expect.
struct SpeakerCount {
  std::size_t minimum = 1;
  std::size_t maximum = 0;  ///< 0: as many as there are.

  friend bool operator==(const SpeakerCount&, const SpeakerCount&) = default;
};

}  // namespace vat

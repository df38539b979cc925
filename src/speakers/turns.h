// From what all windows hear to who speaks when. Internal to speakers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "domain/speakers.h"
#include "speakers/labelling.h"

namespace vat::speakers {

struct NumberedTurns {
  std::vector<SpeakerTurn> turns;     ///< In order of start.
  std::vector<std::size_t> speakers;  ///< Of the labels, by the number that the turns have.
};

/// Turns with speakers numbered in the order in which they are first heard. In each frame as
/// many speak as the windows hear in the mean, the likeliest ones. A pause of up to half a second is a part
/// of a turn, and what is shorter than 0.3 s is none. `samples`: length of the recording.
[[nodiscard]] NumberedTurns make_turns(std::span<const Activity> windows, std::span<const Labels> labels,
                                       std::size_t speakers, std::uint64_t samples);

}  // namespace vat::speakers

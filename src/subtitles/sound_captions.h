// Sounds among the words, for those who cannot hear them.
#pragma once

#include <cstddef>
#include <vector>

#include "domain/transcript.h"

namespace vat::subtitles {

/// The transcript with its sounds as segments of their own, in order; a segment whose words a sound splits
/// becomes two, and sung words are enclosed in notes. What only says that nothing is heard ("[BLANK_AUDIO]")
/// is left out.
[[nodiscard]] Transcript with_sounds(const Transcript& transcript);

/// Of a transcript whose segments were read from subtitles: takes out of their text what stands for its
/// sounds, so that they are not there twice; segments of nothing else go, and their sounds have their times.
/// If it finds one, the subtitles were made with sounds, so those that are not in them any more go, too. The
/// words of the segments must not have been made yet.
void take_out_sounds(Transcript& edited);

/// How many of the sounds with_sounds() shows.
[[nodiscard]] std::size_t count_audible(const std::vector<SoundEvent>& sounds);

}  // namespace vat::subtitles

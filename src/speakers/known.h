// Which speakers are known by their voices. Internal to speakers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/speakers.h"
#include "speakers/clustering.h"

namespace vat::speakers {

/// The names of the speakers, each of whom has at most one: the likest pair first, as far as they are at
/// least as alike as one speaker's samples. Empty for the others. What is no voice of this model is like
/// nobody.
[[nodiscard]] std::vector<std::string> known_names(std::span<const Voice> speakers,
                                                   std::span<const KnownSpeaker> known,
                                                   const Likeness& likeness);

}  // namespace vat::speakers

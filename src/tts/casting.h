// Which voice speaks for whom, when several people speak.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "tts/engines.h"

namespace vat::tts {

/// Somebody who is to be spoken for.
struct Role {
  double pitch = 0;   ///< Hz, as PitchTrack measures it; 0: not known.
  std::string voice;  ///< For resolve_voice(), chosen by a person; empty: to be found.
};

/// A voice, "engine:voice", for each role: the one that was chosen, or one of the language that is near in
/// pitch and nobody else's, as long as there are others. The first engine's voices go before those of the
/// next; voices of a service elsewhere are taken from the first engine only. The same input has the same
/// result. kNotFound for a chosen voice that does not exist.
[[nodiscard]] Result<std::vector<std::string>> cast_voices(const Engines& engines,
                                                           const std::vector<Role>& roles,
                                                           const std::string& language, std::stop_token stop);

}  // namespace vat::tts

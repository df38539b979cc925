// Flite: English voices that are linked into the program, so they need no network, no data files and no
// set-up.
#pragma once

#include <memory>

#include "domain/synthesizer.h"

namespace vat::tts {

/// Flite has global state, so all engines share one lock and synthesise one utterance at a time.
[[nodiscard]] std::unique_ptr<Synthesizer> make_flite();

}  // namespace vat::tts

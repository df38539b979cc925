// Text as Flite's English front end reads it: printable ASCII. Internal to tts.
#pragma once

#include <string>
#include <string_view>

namespace vat::tts {

/// Typographic signs become plain ones, other scripts become Latin letters, and what is left ("€", an emoji)
/// becomes its Unicode name, so that everything that can be spoken is. Safe to call from any thread.
[[nodiscard]] std::string to_flite_text(std::string_view text);

}  // namespace vat::tts

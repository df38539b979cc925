// Text for Flite's English front end: printable ASCII. Internal to tts.
#pragma once

#include <string>
#include <string_view>

namespace vat::tts {

/// Typographic signs become plain ones, other scripts become Latin letters, and the rest ("€", an emoji)
/// becomes a word ("euro"); marks without one (without_marks()) are left out. Safe to call from any thread.
[[nodiscard]] std::string to_flite_text(std::string_view text);

}  // namespace vat::tts

// The phrases that Whisper writes where nobody speaks: its training data had them under silence and music.
// Internal to asr.
#pragma once

#include <string>

namespace vat::asr {

/// Whether this is the whole text of such a phrase, in any of thirty languages; case and punctuation do
/// not matter. People say most of them, too: a phrase alone is no evidence.
[[nodiscard]] bool is_stock_phrase(const std::string& text);

}  // namespace vat::asr

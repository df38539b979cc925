// Writes out what voices misread: money, dates, times, units, abbreviations, Roman numerals, addresses of the
// web. Internal to tts. Safe to call from any thread.
#pragma once

#include <string>
#include <string_view>

namespace vat::tts {

/// The text with such things in words, in English, German, Spanish and French; of other languages the text as
/// it is. Plain numbers stay, which eSpeak NG reads well. `language` is BCP 47 or ISO 639-1. Well-formed
/// UTF-8 in, well-formed UTF-8 out.
[[nodiscard]] std::string spoken_text(std::string_view text, const std::string& language);

}  // namespace vat::tts

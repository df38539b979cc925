// Rates a place between two units as the end of a line or a cue. Private to the module.
#pragma once

#include <string_view>

#include "subtitles/units.h"

namespace vat::subtitles {

/// True after . ! ? and their like in other scripts, closing quotes and brackets aside.
[[nodiscard]] bool ends_sentence(std::string_view text);

/// The place after `text` and before `next`. `language`: ISO 639-1; its small words are known for en, de, fr
/// and es.
[[nodiscard]] BreakQuality judge_break(std::string_view text, std::string_view next,
                                       std::string_view language);

}  // namespace vat::subtitles

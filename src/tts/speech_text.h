// What a text to speak may be, before it is spoken: plain, or SSML. Public.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vat::tts {

/// Whether the text is SSML: it begins with <speak>, after white space and an XML declaration.
[[nodiscard]] bool is_ssml(std::string_view text);

/// A text to speak, as far as it can be told before it is spoken.
struct SpeechText {
  std::string words;                  ///< Without elements.
  std::vector<std::string> warnings;  ///< About elements that are not followed; one sentence each.
};

/// Any bytes. `language` (BCP 47) says how numbers of <say-as> are read. kBadData for SSML that is no XML,
/// has a document type, or nests too deep, with its line and column. Any thread.
[[nodiscard]] Result<SpeechText> read_speech_text(std::string_view text, const std::string& language);

}  // namespace vat::tts

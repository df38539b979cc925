// Language tags for the engines: BCP 47 (RFC 5646), case-insensitive. Internal to tts.
#pragma once

#include <string>
#include <string_view>

namespace vat::tts {

/// Lower case, '_' as '-': "en_US" -> "en-us".
[[nodiscard]] std::string normal_language(std::string_view tag);
/// The primary subtag, in lower case: "pt-BR" -> "pt".
[[nodiscard]] std::string primary_language(std::string_view tag);

}  // namespace vat::tts

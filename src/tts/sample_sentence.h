// A sentence to hear a voice by, or to measure it with. Public.
#pragma once

#include <string>
#include <string_view>

namespace vat::tts {

/// In that language (BCP 47); numbers, which a voice reads in its own language, where there is none.
[[nodiscard]] std::string sample_sentence(std::string_view language);

}  // namespace vat::tts

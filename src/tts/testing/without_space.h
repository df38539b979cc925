// What a text says, whatever its spaces and line breaks. Test-only.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace vat::tts::testing {

[[nodiscard]] inline std::string without_space(std::string_view text) {
  std::string kept;
  std::copy_if(text.begin(), text.end(), std::back_inserter(kept), [](unsigned char c) { return c > 0x20; });
  return kept;
}

}  // namespace vat::tts::testing

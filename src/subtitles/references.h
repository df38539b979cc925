// Character references of HTML, which WebVTT reads in its cues. Private to the module.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vat::subtitles {

enum class References {
  kClosed,    ///< Only those that end in a semicolon.
  kStandard,  ///< As HTML reads them: some old ones, and numbers, need none ("&copy 2026").
};

/// Reads the reference at the front of `text` ("&eacute;..."), which begins with "&", into `out`; returns its
/// length, or 0 when there is none. (HTML standard, 13.2.5.72 and 13.5.)
[[nodiscard]] std::size_t read_reference(std::string_view text, References which, std::string& out);

}  // namespace vat::subtitles

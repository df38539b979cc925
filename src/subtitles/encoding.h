// The encodings of subtitle files. Private to the module.
#pragma once

#include <string>
#include <string_view>

namespace vat::subtitles {

/// Well-formed UTF-8 without a byte order mark, of UTF-8, UTF-16 with a mark, or Windows-1252. Text that is
/// mostly UTF-8 stays UTF-8, its bad bytes replaced by U+FFFD. A zero byte becomes U+FFFD.
[[nodiscard]] std::string decode_text(std::string_view bytes);

}  // namespace vat::subtitles

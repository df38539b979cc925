// Text in the encodings from before Unicode. Private to base. Safe to call from any thread.
#pragma once

#include <string>
#include <string_view>

namespace vat {

/// Well-formed UTF-8 of 8-bit text that is not UTF-8. Windows-1252, unless ICU's detector and the decoded
/// text itself both speak for another encoding (Cyrillic, Greek, Hebrew, Arabic, Thai, Chinese, Japanese,
/// Korean, Central European, Turkish).
[[nodiscard]] std::string decode_legacy(std::string_view bytes);

}  // namespace vat

// Bytes in hexadecimal digits. Every function may be called from any thread.
#pragma once

#include <string>
#include <string_view>

namespace vat {

/// Two lower-case digits a byte.
[[nodiscard]] std::string to_hex(std::string_view bytes);

/// Letters, digits, "-._~" (the unreserved characters of RFC 3986, section 2.3) and those of `also_kept`
/// stay; every other byte is "%C3".
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view also_kept = {});

}  // namespace vat

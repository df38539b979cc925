// Base64 (RFC 4648) over OpenSSL. Every function may be called from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vat {

/// The URL-safe alphabet without padding (RFC 4648, section 5), as JSON Web Tokens use it.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
/// The standard alphabet with padding (section 4).
[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// The reverse; empty for any other text.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace vat

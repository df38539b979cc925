// The names of HTTP's status codes.
#pragma once

#include <string_view>

namespace vat::http {

/// "Not Found": of RFC 9110 (section 15), RFC 6585, RFC 4918, and 460, which is tus's own. Empty for a status
/// without a name. May be called from any thread.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace vat::http

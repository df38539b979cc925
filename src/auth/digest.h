// SHA-256 as OAuth uses it. Private to auth. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace vat::auth {

/// 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);
/// Takes the same time wherever they differ.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

}  // namespace vat::auth

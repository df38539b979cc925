// Identifiers of everything that is stored: UUID version 7 (RFC 9562, section 5.7), which sort by creation
// time. Every function may be called from any thread.
#pragma once

#include <string>
#include <string_view>

namespace vat {

/// A new identifier in canonical form: "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11". Identifiers made by one
/// process ascend, even within one millisecond (RFC 9562, section 6.2, method 1). The 62 random bits come
/// from the operating system's generator, so that they cannot be guessed.
[[nodiscard]] std::string make_uuid();

/// True for 36 characters in canonical form, lower case; any version.
[[nodiscard]] bool is_uuid(std::string_view text);

}  // namespace vat

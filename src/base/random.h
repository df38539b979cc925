// Unpredictable bytes, for identifiers, keys and signatures.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace vat {

/// From OpenSSL's generator, which the operating system seeds. Aborts the program if that fails, because it
/// must not continue with guessable secrets. Any thread.
void fill_random(std::span<unsigned char> bytes);

/// `bytes` random bytes as base64url without padding (RFC 4648, section 5).
[[nodiscard]] std::string random_token(std::size_t bytes);

}  // namespace vat

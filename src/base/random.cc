#include "base/random.h"

#include <openssl/rand.h>

#include <cstdlib>
#include <vector>

#include "base/base64.h"
#include "base/log.h"

namespace vat {

void fill_random(std::span<unsigned char> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1) return;
  log(LogLevel::kError, "The operating system cannot provide random numbers.");
  std::abort();
}

std::string random_token(std::size_t bytes) {
  std::vector<unsigned char> raw(bytes);
  fill_random(raw);
  return base64url_encode({reinterpret_cast<const char*>(raw.data()), raw.size()});
}

}  // namespace vat

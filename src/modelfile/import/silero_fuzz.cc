// libFuzzer: bytes as the archive of Silero's speech detector.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "modelfile/import/silero.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::modelfile;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto weights = SileroWeights::read(bytes, "input")) (void)weights->plan("input");
  return 0;
}

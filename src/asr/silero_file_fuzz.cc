#include <cstddef>
#include <cstdint>
#include <string_view>

#include "asr/silero_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)vat::asr::read_silero_file({reinterpret_cast<const char*>(data), size});
  return 0;
}

// What an imported voice may contain.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tts/neural/piper_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::tts;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    if (const auto config = read_piper_config(bytes); config && config->sample_rate <= 0) std::abort();
  } else {
    if (const auto inputs = onnx_inputs(bytes); inputs && inputs->empty()) std::abort();
  }
  return 0;
}

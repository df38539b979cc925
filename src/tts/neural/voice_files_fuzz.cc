// What an imported voice, or the process that runs one, may contain.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tts/neural/model_messages.h"
#include "tts/neural/piper_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::tts;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      if (const auto config = read_piper_config(bytes); config && config->sample_rate <= 0) std::abort();
      break;
    case 1:
      if (const auto inputs = onnx_inputs(bytes); inputs && inputs->empty()) std::abort();
      break;
    case 2:
      if (const auto inputs = read_inputs(bytes); inputs && write_inputs(*inputs) != bytes) std::abort();
      break;
    default:
      (void)read_answer(bytes);
      (void)read_open(bytes);
  }
  return 0;
}

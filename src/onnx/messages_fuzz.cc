// What the process that runs a model, or the one that has it run, may be sent.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "onnx/model_messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::onnx;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    if (const auto inputs = read_inputs(bytes); inputs && write_inputs(*inputs) != bytes) std::abort();
  } else {
    (void)read_answer(bytes);
    (void)read_open(bytes);
  }
  return 0;
}

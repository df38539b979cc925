// libFuzzer: any bytes as a model file, with the real bounds of the vocabulary and with lower ones for small
// inputs.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "modelfile/model_layout.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::modelfile;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const LayoutLimits& limits : {LayoutLimits{}, LayoutLimits{1, 0, 0}}) {
    MemorySource source(bytes);
    const auto layout = read_layout(source, "input", limits);
    if (!layout) continue;
    for (const TensorEntry& tensor : layout->tensors)
      if (tensor.data_begin > size || tensor.data_bytes > size - tensor.data_begin) std::abort();
  }
  return 0;
}

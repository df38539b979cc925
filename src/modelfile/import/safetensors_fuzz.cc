// libFuzzer: bytes as a safetensors file, and the plan of what it becomes; as an index of such files, too.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "modelfile/import/safetensors.h"
#include "modelfile/testing/plan_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::modelfile;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  MemorySource source(bytes);
  (void)read_shards(source, "input");
  SourceTensors tensors;
  if (add_safetensors(source, "input", tensors)) check_plan(tensors, ForeignFormat::kHuggingFace);
  return 0;
}

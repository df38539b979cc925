// libFuzzer: bytes as CTranslate2's model.bin, and the plan of what it becomes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "modelfile/import/ctranslate2.h"
#include "modelfile/testing/plan_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::modelfile;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  MemorySource source(bytes);
  (void)is_ctranslate2(source);
  if (const auto tensors = read_ctranslate2(source, "input"))
    check_plan(*tensors, ForeignFormat::kCTranslate2);
  return 0;
}

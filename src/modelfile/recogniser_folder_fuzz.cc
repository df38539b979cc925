// libFuzzer: any bytes as an ONNX file's metadata and as a list of tokens, and as the name of an archive.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "modelfile/onnx_metadata.h"
#include "modelfile/recogniser_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::modelfile;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  MemorySource source(bytes);
  if (const auto pairs = read_onnx_metadata(source)) {
    std::size_t sum = 0;
    for (const auto& [key, value] : *pairs) sum += key.size() + value.size();
    if (sum > size) std::abort();
  }
  if (const auto count = check_tokens(bytes); count && *count > size) std::abort();
  if (recogniser_name(bytes).size() > size + 32) std::abort();
  return 0;
}

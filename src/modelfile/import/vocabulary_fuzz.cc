// libFuzzer: bytes as the vocabulary of a tokenizer, in each of its formats.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "modelfile/import/vocabulary.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::modelfile;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const VocabularyFormat format :
       {VocabularyFormat::kTokenizer, VocabularyFormat::kVocabulary, VocabularyFormat::kLines}) {
    MemorySource source(bytes);
    (void)read_vocabulary(source, "input", format, size % 2 == 0);
  }
  return 0;
}

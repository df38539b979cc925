// Whatever is accepted as a checkpoint is written and read again without loss.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "domain/transcript_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = vat::chunk_text_from_json({reinterpret_cast<const char*>(data), size});
  if (!text) return 0;
  const auto again = vat::chunk_text_from_json(vat::to_json(*text));
  if (!again || !(*again == *text)) std::abort();
  return 0;
}

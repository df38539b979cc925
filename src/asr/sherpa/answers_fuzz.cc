// libFuzzer: any bytes as what the process of sherpa-onnx answers. Words are in order and within the chunk.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "asr/sherpa/heard.h"
#include "asr/sherpa/messages.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)asr::read_answer(bytes);
  const auto heard = asr::read_heard(bytes);
  if (!heard) return 0;
  constexpr Millis kLength{30'000};
  Millis latest{0};
  for (const Segment& segment : asr::heard_segments(*heard, kLength, true)) {
    if (!is_utf8(segment.text)) std::abort();
    for (const Word& word : segment.words) {
      if (word.start < latest || word.end < word.start || word.end > kLength || word.text.empty())
        std::abort();
      latest = word.start;
    }
  }
  return 0;
}

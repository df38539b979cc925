// Any accepted checkpoint or transcript is written and read again without loss.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "domain/transcript_json.h"

namespace {

void check_chunk(std::string_view bytes) {
  const auto text = vat::chunk_text_from_json(bytes);
  if (!text) return;
  const auto again = vat::chunk_text_from_json(vat::to_json(*text));
  if (!again || !(*again == *text)) std::abort();
}

void check_transcript(std::string_view bytes) {
  const auto transcript = vat::transcript_from_json(bytes);
  if (!transcript) return;
  if (!vat::check_times(*transcript) || !vat::check_speakers(*transcript)) std::abort();
  const auto again = vat::transcript_from_json(vat::to_json(*transcript));
  if (!again || again->segments != transcript->segments || again->warnings != transcript->warnings ||
      !(again->removed == transcript->removed) || again->coverage != transcript->coverage ||
      again->sounds != transcript->sounds || again->speakers != transcript->speakers ||
      again->turns != transcript->turns || again->language != transcript->language ||
      again->language_probability != transcript->language_probability ||
      again->engine != transcript->engine || again->model != transcript->model ||
      again->duration != transcript->duration) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_chunk(bytes);
  check_transcript(bytes);
  return 0;
}

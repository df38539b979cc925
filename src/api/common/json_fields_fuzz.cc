// Any bytes as the JSON body of a request, read as the routes read them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "api/common/json_fields.h"
#include "api/transcripts/transcript_edit.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto fields = vat::api::JsonFields::parse(text);
  if (!fields) return 0;
  // Accepted values can be read back. (The last digit of a long number may change once.)
  if (!vat::api::JsonFields::parse(fields->canonical())) std::abort();
  vat::Transcript before;
  before.segments.push_back({.end = vat::Millis(2000), .text = "one two"});
  before.segments.front().words = {{.end = vat::Millis(900), .text = "one"},
                                   {.start = vat::Millis(900), .end = vat::Millis(2000), .text = "two"}};
  const auto edited = vat::api::transcript_from_edit(*fields, before);
  if (!edited) return 0;
  for (const vat::Segment& segment : edited->segments) {
    if (segment.end < segment.start || segment.text.empty()) std::abort();
    for (const vat::Word& word : segment.words) {
      if (word.end < word.start) std::abort();
    }
  }
  return 0;
}

#include "asr/chunk_text.h"

#include <algorithm>

namespace vat::asr {

void put_in_order(ChunkText& text, Millis length) {
  Millis earliest{0};
  for (Segment& segment : text.segments) {
    segment.start = std::clamp(segment.start, earliest, std::max(earliest, length));
    segment.end = std::clamp(segment.end, segment.start, std::max(segment.start, length));
    earliest = segment.start;
    Millis first = segment.start;
    for (Word& word : segment.words) {
      word.start = std::clamp(word.start, first, std::max(first, length));
      word.end = std::clamp(word.end, word.start, std::max(word.start, length));
      first = word.start;
    }
  }
}

}  // namespace vat::asr

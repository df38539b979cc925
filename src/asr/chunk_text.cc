#include "asr/chunk_text.h"

#include <algorithm>

namespace vat::asr {
namespace {

template <class Item>
void shift_all(std::vector<Item>& items, Millis by) {
  for (Item& item : items) {
    item.start += by;
    item.end += by;
  }
}

}  // namespace

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

void shift(ChunkText& text, Millis by) {
  shift_all(text.segments, by);
  for (Segment& segment : text.segments) shift_all(segment.words, by);
  shift_all(text.sounds, by);
  shift_all(text.removed.passages, by);
}

}  // namespace vat::asr

#include "asr/stitcher.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "asr/seam.h"
#include "asr/segment_words.h"

namespace vat::asr {
namespace {

/// Recognisers are off by a few tenths of a second, so words this far outside the overlap may still be in it.
constexpr Millis kSlack(500);
constexpr Millis kTolerance(900);
constexpr Millis kEstimateTolerance(3'000);

/// A word ends where the next begins if the engine lets them overlap.
void shorten_to(Word& word, Millis next_start) {
  if (next_start >= word.start) word.end = std::min(word.end, next_start);
}

/// Keeps the words [first, first + count) of a segment.
void keep_words(Segment& segment, std::size_t first, std::size_t count) {
  const auto begin = segment.words.begin() + static_cast<std::ptrdiff_t>(first);
  set_words(segment, std::vector<Word>(begin, begin + static_cast<std::ptrdiff_t>(count)));
}

SeamWord seam_word(const Word& word) { return {word.start, word.end, word_key(word.text)}; }

}  // namespace

std::vector<Segment> Stitcher::add(const ChunkPlace& place, ChunkText text) {
  std::vector<WordedSegment> segments = to_recording(place, std::move(text.segments));
  if (place.overlap_before > 0) join(held_, segments, place);
  std::vector<Segment> final;
  release(std::exchange(held_, {}), final);
  auto uncertain = segments.end();
  if (place.overlap_after > 0) {
    const Millis certain = samples_to_time(place.end() - place.overlap_after) - kSlack;
    uncertain = std::find_if(segments.begin(), segments.end(), [&](const WordedSegment& worded) {
      return worded.estimated || worded.segment.words.back().end > certain;
    });
  }
  held_.assign(std::make_move_iterator(uncertain), std::make_move_iterator(segments.end()));
  segments.erase(uncertain, segments.end());
  release(std::move(segments), final);
  return final;
}

std::vector<Segment> Stitcher::finish() {
  std::vector<Segment> final;
  release(std::exchange(held_, {}), final);
  return final;
}

std::vector<Stitcher::WordedSegment> Stitcher::to_recording(const ChunkPlace& place,
                                                            std::vector<Segment> segments) {
  std::vector<WordedSegment> result;
  for (Segment& segment : segments) {
    const bool estimated = segment.words.empty();
    if (estimated) segment.words = estimate_words(segment);
    if (segment.words.empty()) continue;
    for (Word& word : segment.words) {
      const TimeSpan span = place.to_recording({word.start, word.end});
      word.start = span.start;
      word.end = span.end;
      if (&word != &segment.words.front()) shorten_to(*(&word - 1), word.start);
    }
    if (!result.empty()) shorten_to(result.back().segment.words.back(), segment.words.front().start);
    result.push_back({std::move(segment), estimated});
  }
  return result;
}

/// Removes from the end of `left` and the front of `right` the words that the other one owns.
void Stitcher::join(std::vector<WordedSegment>& left, std::vector<WordedSegment>& right,
                    const ChunkPlace& right_place) {
  const Millis end = samples_to_time(right_place.begin() + right_place.overlap_before) + kSlack;
  std::vector<SeamWord> left_words;
  std::vector<SeamWord> right_words;
  bool estimated = false;
  for (const WordedSegment& worded : left) {
    estimated = estimated || worded.estimated;
    for (const Word& word : worded.segment.words) left_words.push_back(seam_word(word));
  }
  bool inside = true;
  for (const WordedSegment& worded : right) {
    for (const Word& word : worded.segment.words) {
      inside = inside && word.start < end + (worded.estimated ? kEstimateTolerance : Millis(0));
      if (!inside) break;
      right_words.push_back(seam_word(word));
      estimated = estimated || worded.estimated;
    }
  }
  const Seam seam = find_seam(left_words, right_words, samples_to_time(right_place.cut_before),
                              estimated ? kEstimateTolerance : kTolerance);
  std::size_t kept = seam.left_count;
  for (WordedSegment& worded : left) {
    const std::size_t count = std::min(kept, worded.segment.words.size());
    kept -= count;
    if (count < worded.segment.words.size()) keep_words(worded.segment, 0, count);
  }
  std::size_t lost = seam.right_first;
  for (WordedSegment& worded : right) {
    const std::size_t count = std::min(lost, worded.segment.words.size());
    lost -= count;
    if (count > 0) keep_words(worded.segment, count, worded.segment.words.size() - count);
  }
  const auto is_empty = [](const WordedSegment& worded) { return worded.segment.words.empty(); };
  std::erase_if(left, is_empty);
  std::erase_if(right, is_empty);
  if (left.empty() || right.empty()) return;
  shorten_to(left.back().segment.words.back(), right.front().segment.words.front().start);
}

void Stitcher::release(std::vector<WordedSegment> segments, std::vector<Segment>& into) {
  for (WordedSegment& worded : segments) {
    Segment& segment = worded.segment;
    for (Word& word : segment.words) {
      word.start = std::max(word.start, last_end_);
      word.end = std::max(word.end, word.start);
      last_end_ = word.end;
    }
    segment.start = segment.words.front().start;
    segment.end = segment.words.back().end;
    if (worded.estimated) segment.words.clear();
    into.push_back(std::move(segment));
  }
}

}  // namespace vat::asr

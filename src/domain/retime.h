// Times for the words of a text that was edited, from those that were recognised in its place. Every function
// may be called from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/time.h"
#include "domain/transcript.h"

namespace vat {

/// Times for the words of `segment.text` from those that were recognised in its place: a word that is still
/// there keeps its time, new ones share the time between their neighbours. Empty when nothing is known about
/// the place, and for changed text in a language without spaces.
[[nodiscard]] std::vector<Word> retime_words(const Segment& segment, std::span<const Word> recognised);

/// The words of a transcript by the stretch of time in which their middles lie, found in passing: the
/// stretches come in order.
class RecognisedWords {
 public:
  explicit RecognisedWords(const Transcript& transcript);
  /// Valid as long as this.
  [[nodiscard]] std::span<const Word> within(Millis start, Millis end);

 private:
  std::vector<Word> words_;
  std::size_t first_ = 0;
};

}  // namespace vat

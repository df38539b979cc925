#include "asr/word_fit.h"

#include <algorithm>
#include <vector>

#include "asr/coverage.h"

namespace vat::asr {
namespace {

constexpr Millis kPauseBetweenWords(200);
/// Of a word that gets a new place.
constexpr Millis kLongestMoved(300);
/// Detectors hear speech a little longer than it lasts.
constexpr Millis kDetectorsTail(150);

/// Where somebody speaks, with the shorter pauses.
std::vector<TimeSpan> find_phrases(std::span<const float> speech, std::size_t frame) {
  std::vector<TimeSpan> phrases;
  for (const TimeSpan& span : find_speech(speech, frame)) {
    if (!phrases.empty() && span.start - phrases.back().end < kPauseBetweenWords) {
      phrases.back().end = span.end;
    } else {
      phrases.push_back(span);
    }
  }
  return phrases;
}

Millis overlap_of(const TimeSpan& a, const Word& word) {
  return std::min(a.end, word.end) - std::max(a.start, word.start);
}

void move_into(Word& word, const TimeSpan& phrase) {
  word.start = std::max(word.start, phrase.start);
  word.end = std::max(word.start, std::min(word.end, phrase.end));
}

void move_beside_pause(Word& word, const TimeSpan* before, const TimeSpan* after, bool begins_segment) {
  const Millis length = std::min(word.end - word.start, kLongestMoved);
  const bool to_after = after != nullptr && (before == nullptr || begins_segment ||
                                             after->start - word.end < word.start - before->end);
  if (to_after) {
    word.start = after->start;
    word.end = std::min(after->end, word.start + length);
  } else if (before != nullptr) {
    word.end = before->end;
    word.start = std::max(before->start, word.end - length);
  }
}

/// Gives words that were moved to one time a share of what is there, by their lengths.
void part_words(std::vector<Word>& words) {
  for (std::size_t first = 0, next = 0; first < words.size(); first = next) {
    std::size_t bytes = 0;
    for (next = first; next < words.size() && words[next].start == words[first].start; ++next)
      bytes += words[next].text.size() + 1;
    if (next - first < 2) continue;
    Millis begin = words[first].start;
    Millis end = words[next - 1].end;
    if (next < words.size()) end = std::min(end, words[next].start);
    if (end <= begin && first > 0) begin = std::min(begin, words[first - 1].end);
    const Millis whole = std::max(Millis(0), end - begin);
    std::size_t before = 0;
    for (std::size_t i = first; i < next; ++i) {
      words[i].start = begin + whole * before / bytes;
      before += words[i].text.size() + 1;
      words[i].end = begin + whole * before / bytes;
    }
  }
}

class WordFitter {
 public:
  explicit WordFitter(std::vector<TimeSpan> phrases) : phrases_(std::move(phrases)) {}

  void fit(Word& word, bool begins_segment) {
    while (next_ < phrases_.size() && phrases_[next_].end <= word.start) ++next_;
    const TimeSpan* best = nullptr;
    for (std::size_t i = next_; i < phrases_.size() && phrases_[i].start < word.end; ++i) {
      if (best == nullptr || overlap_of(phrases_[i], word) > overlap_of(*best, word)) best = &phrases_[i];
    }
    const bool in_tail = best != nullptr && begins_segment && best->end - word.start < kDetectorsTail &&
                         best + 1 < phrases_.data() + phrases_.size();
    if (in_tail) return move_beside_pause(word, best, best + 1, begins_segment);
    if (best != nullptr) return move_into(word, *best);
    move_beside_pause(word, next_ > 0 ? &phrases_[next_ - 1] : nullptr,
                      next_ < phrases_.size() ? &phrases_[next_] : nullptr, begins_segment);
  }

 private:
  const std::vector<TimeSpan> phrases_;
  std::size_t next_ = 0;  ///< The first that ends after the word's start.
};

/// Recognisers let a word last beyond the next ones now and then.
void end_before_next(ChunkText& text) {
  Word* last = nullptr;
  for (Segment& segment : text.segments) {
    for (Word& word : segment.words) {
      if (last != nullptr) last->end = std::clamp(last->end, last->start, std::max(last->start, word.start));
      last = &word;
    }
  }
}

}  // namespace

void fit_words_to_speech(ChunkText& text, std::span<const float> speech, std::size_t frame) {
  end_before_next(text);
  WordFitter fitter(find_phrases(speech, frame));
  Millis earliest{0};
  for (Segment& segment : text.segments) {
    for (Word& word : segment.words) {
      fitter.fit(word, &word == &segment.words.front());
      word.start = std::max(word.start, earliest);
      word.end = std::max(word.end, word.start);
      earliest = word.start;
    }
    if (segment.words.empty()) continue;
    part_words(segment.words);
    segment.start = segment.words.front().start;
    segment.end = segment.words.back().end;
  }
}

}  // namespace vat::asr

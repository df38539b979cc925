#include "asr/word_fit.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "asr/coverage.h"

namespace vat::asr {
namespace {

constexpr Millis kPauseBetweenWords(200);
/// Of a word that gets a new place.
constexpr Millis kLongestMoved(300);
/// What a word has at least, on the average, where there is room.
constexpr Millis kShortest(20);
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

/// Words that follow each other, and the time that is theirs.
struct Crowd {
  std::size_t first;
  std::size_t next;
  TimeSpan time;
};

/// Where the words from `first` on are, of which several were moved to one time, or have next to none, with
/// as many of those after them, without a pause in between, as it takes to have room.
Crowd crowd_at(std::span<Word* const> words, std::size_t first) {
  Crowd crowd{first, first + 1, {words[first]->start, words[first]->end}};
  const auto takes_next = [&] {
    if (crowd.next == words.size()) return false;
    const Word& next = *words[crowd.next];
    if (next.start == crowd.time.start) return true;
    const auto count = static_cast<std::int64_t>(crowd.next - crowd.first);
    return next.start - words[crowd.next - 1]->end < kPauseBetweenWords &&
           crowd.time.end - crowd.time.start < kShortest * count;
  };
  while (takes_next()) {
    crowd.time.end = words[crowd.next++]->end;
    if (crowd.next < words.size()) crowd.time.end = std::min(crowd.time.end, words[crowd.next]->start);
  }
  return crowd;
}

/// Gives words that were moved to one time, or have next to none, a share of what is there, by their lengths.
void part_words(std::span<Word* const> words) {
  for (std::size_t first = 0; first < words.size();) {
    Crowd crowd = crowd_at(words, first);
    first = crowd.next;
    if (crowd.next - crowd.first < 2) continue;
    if (crowd.time.end <= crowd.time.start && crowd.first > 0)
      crowd.time.start = std::min(crowd.time.start, words[crowd.first - 1]->end);
    std::size_t bytes = 0;
    for (std::size_t i = crowd.first; i < crowd.next; ++i) bytes += words[i]->text.size() + 1;
    const Millis whole = std::max(Millis(0), crowd.time.end - crowd.time.start);
    std::size_t before = 0;
    for (std::size_t i = crowd.first; i < crowd.next; ++i) {
      words[i]->start = crowd.time.start + whole * before / bytes;
      before += words[i]->text.size() + 1;
      words[i]->end = crowd.time.start + whole * before / bytes;
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
  std::vector<Word*> words;
  Millis earliest{0};
  for (Segment& segment : text.segments) {
    for (Word& word : segment.words) {
      fitter.fit(word, &word == &segment.words.front());
      word.start = std::max(word.start, earliest);
      word.end = std::max(word.end, word.start);
      earliest = word.start;
      words.push_back(&word);
    }
  }
  part_words(words);
  for (Segment& segment : text.segments) {
    if (segment.words.empty()) continue;
    segment.start = segment.words.front().start;
    segment.end = segment.words.back().end;
  }
}

}  // namespace vat::asr

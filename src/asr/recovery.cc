#include "asr/recovery.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "asr/chunk_part.h"
#include "asr/chunk_text.h"
#include "asr/coverage.h"
#include "asr/segment_words.h"

namespace vat::asr {
namespace {

/// How to look at the same speech once more.
struct Attempt {
  Millis before{0};  ///< Sound of the recording that is given along.
  Millis after{0};
  float temperature = 0;  ///< At least.
};
constexpr std::array kAttempts{Attempt{.before = Millis(300), .after = Millis(300)},
                               Attempt{.before = Millis(4'000), .after = Millis(1'000)},
                               Attempt{.before = Millis(300), .after = Millis(300), .temperature = 0.4F}};
/// A chunk of music or noise must not cost many times what speech costs.
constexpr int kMaxWindows = 6;
/// The detector's mean from which on speech without words is looked at more than once.
constexpr float kSurelySpeech = 0.6F;

/// Above this mean logarithm of its words' probabilities Whisper says the same at the temperature of the last
/// attempt.
constexpr float kSurelyHeard = -0.4F;

/// A voice beside another one, a laugh: what was surely heard there once is not more the second time.
constexpr Millis kLittleSpeech(2'000);

/// What was done for a stretch of speech without words.
struct Tried {
  std::size_t attempts = 0;
  bool sure = false;  ///< Something was surely heard, though it may be what is known.
};

/// What was said before and after a stretch of speech without words.
struct Neighbours {
  std::vector<Word*> words_before;  ///< Those that have a time; the last ones of `before`.
  std::vector<Word*> words_after;   ///< Likewise; the first ones of `after`.
  TimeSpan between;                 ///< From the end of the word before to the start of the word after.
  std::vector<std::string> before;  ///< The keys of the words, in order.
  std::vector<std::string> after;
};

Neighbours find_neighbours(std::vector<Segment>& segments, const TimeSpan& gap, Millis length) {
  const Millis middle = gap.start + (gap.end - gap.start) / 2;
  Neighbours found{.between = {Millis(0), length}};
  for (Segment& segment : segments) {
    std::vector<Word> estimated;
    if (segment.words.empty()) estimated = estimate_words(segment);
    if (segment.words.empty()) found.words_before.clear();
    for (Word& word : segment.words.empty() ? estimated : segment.words) {
      if (word.start < middle) {
        found.between.start = std::min(plausible_end(word), gap.start);
        found.before.push_back(word_key(word.text));
        if (!segment.words.empty()) found.words_before.push_back(&word);
      } else {
        if (found.after.empty()) found.between.end = std::max(word.start, gap.end);
        if (!segment.words.empty() && found.words_after.size() == found.after.size())
          found.words_after.push_back(&word);
        found.after.push_back(word_key(word.text));
      }
    }
  }
  return found;
}

/// How many of the last words of `left` are also the first ones of `right`.
std::size_t count_shared(std::span<const std::string> left, std::span<const std::string> right) {
  for (std::size_t count = std::min(left.size(), right.size()); count > 0; --count) {
    if (std::equal(left.end() - static_cast<std::ptrdiff_t>(count), left.end(), right.begin())) return count;
  }
  return 0;
}

/// Likewise, but of the last one only the beginning may be there, as the window ended in it.
std::size_t count_begun(std::span<const std::string> left, std::span<const std::string> right) {
  for (std::size_t count = std::min(left.size(), right.size()); count > 1; --count) {
    const auto last = left.last(count);
    if (std::equal(last.begin(), last.end() - 1, right.begin()) && right[count - 1].starts_with(last.back()))
      return count;
  }
  return count_shared(left, right);
}

/// Gives the words the times of the `segments`' words from `first` on, which are the same.
void retime(std::span<Word* const> words, const std::vector<Segment>& segments, std::size_t first) {
  std::size_t index = 0;
  for (const Segment& segment : segments) {
    for (const Word& again : segment.words) {
      const std::size_t at = index++;
      if (at < first || at - first >= words.size()) continue;
      words[at - first]->start = again.start;
      words[at - first]->end = again.end;
    }
  }
}

/// Keeps what was said between the neighbours, without the words that they say already. Those were said here,
/// where no word seemed to be, so they get these times; a single word of those after may be a chance. A
/// neighbour that was recognised again in its own place was not said here as well: the same word here is
/// another one.
void keep_between(std::vector<Segment>& segments, const Neighbours& neighbours) {
  std::vector<std::string> keys;
  std::vector<std::string> earlier;
  std::vector<std::string> later;
  for (Segment& segment : segments) {
    std::erase_if(segment.words, [&](const Word& word) {
      const Millis middle = word.start + (word.end - word.start) / 2;
      const bool before = middle < neighbours.between.start;
      const bool after = middle > neighbours.between.end;
      (before ? earlier : after ? later : keys).push_back(word_key(word.text));
      return before || after;
    });
  }
  const bool before_again =
      !earlier.empty() && !neighbours.before.empty() && earlier.back() == neighbours.before.back();
  const bool after_again =
      !later.empty() && !neighbours.after.empty() && later.front() == neighbours.after.front();
  const std::size_t first = before_again ? 0 : count_shared(neighbours.before, keys);
  if (first <= neighbours.words_before.size())
    retime(std::span(neighbours.words_before).last(first), segments, 0);
  const std::size_t shared = after_again ? 0 : count_begun(keys, neighbours.after);
  const std::size_t last = keys.size() - shared;
  if (shared > 1 && shared <= neighbours.words_after.size())
    retime(std::span(neighbours.words_after).first(shared), segments, last);
  std::size_t index = 0;
  for (Segment& segment : segments) {
    std::erase_if(segment.words, [&](const Word&) {
      const std::size_t at = index++;
      return at < first || at >= last;
    });
    set_words(segment, std::move(segment.words));
  }
  std::erase_if(segments, [](const Segment& segment) { return segment.words.empty(); });
}

/// Splits the segment that reaches over `time`, so that another one can stand in between.
void split_at(std::vector<Segment>& segments, Millis time) {
  const auto over = std::find_if(segments.begin(), segments.end(), [&](const Segment& segment) {
    return segment.start < time && segment.end > time && segment.words.size() > 1;
  });
  if (over == segments.end()) return;
  const auto first = std::find_if(over->words.begin(), over->words.end(),
                                  [&](const Word& word) { return word.start >= time; });
  if (first == over->words.begin() || first == over->words.end()) return;
  Segment later = *over;
  set_words(later, std::vector<Word>(first, over->words.end()));
  set_words(*over, std::vector<Word>(over->words.begin(), first));
  segments.insert(over + 1, std::move(later));
}

class Recovery {
 public:
  Recovery(Recognizer& recognizer, const Chunk& chunk, const RecognitionOptions& options, ChunkText& text,
           const std::stop_token& stop)
      : recognizer_(recognizer),
        chunk_(chunk),
        options_(options),
        word_times_(options.word_times),
        text_(text),
        stop_(stop),
        length_(samples_to_time(chunk.length())),
        speech_(find_speech(chunk.speech, chunk.speech_frame)) {
    options_.half_context = true;  // what was left out is mostly short
    options_.word_times = true;    // to tell what was said between the neighbours
    options_.language = text.language;
  }

  Result<> run() {
    for (int windows = 0; windows < kMaxWindows; ++windows) {
      const std::optional<TimeSpan> gap = next_gap();
      if (!gap) break;
      Tried& tried = tried_[gap->start];
      VAT_TRY(recognize(*gap, kAttempts.at(tried.attempts++), tried));
    }
    return {};
  }

 private:
  /// The first stretch of speech without words that is worth another attempt.
  std::optional<TimeSpan> next_gap() {
    for (const TimeSpan& gap :
         measure_coverage(speech_, text_.segments, {.whole_segments = options_.translate}).without_words) {
      const Tried& tried = tried_[gap.start];
      if (tried.attempts < worth(gap, tried)) return gap;
    }
    return std::nullopt;
  }

  /// How many attempts.
  [[nodiscard]] std::size_t worth(const TimeSpan& gap, const Tried& tried) const {
    if (mean_probability(gap) < kSurelySpeech) return 1;
    if (tried.sure) return gap.end - gap.start < kLittleSpeech ? 1 : 2;
    return is_sound(gap) ? 2 : kAttempts.size();
  }

  /// Whether the engine described a sound where at least half of the gap is.
  [[nodiscard]] bool is_sound(const TimeSpan& gap) const {
    Millis remaining{0};
    for (const TimeSpan& span : outside_sounds(std::span(&gap, 1), text_.sounds))
      remaining += span.end - span.start;
    return remaining * 2 <= gap.end - gap.start;
  }

  Result<> recognize(const TimeSpan& gap, const Attempt& attempt, Tried& tried) {
    RecognitionOptions options = options_;
    options.temperature = std::max(options.temperature, attempt.temperature);
    const TimeSpan window{onset_before(gap.start) - attempt.before, gap.end + attempt.after};
    VAT_ASSIGN(ChunkText found, recognize_part(recognizer_, chunk_, window, options, stop_));
    tried.sure |= !found.segments.empty() &&
                  std::all_of(found.segments.begin(), found.segments.end(), [](const Segment& segment) {
                    return segment.average_log_probability > kSurelyHeard;
                  });
    keep_asides(found, gap);
    keep_between(found.segments, find_neighbours(text_.segments, gap, length_));
    if (!word_times_) {
      for (Segment& segment : found.segments) segment.words.clear();
    }
    insert(std::move(found.segments), gap);
    return {};
  }

  template <class Aside>
  static bool is_new(const Aside& aside, const std::vector<Aside>& known, const TimeSpan& gap) {
    const auto overlaps = [&](const auto& other) {
      return other.start < aside.end && aside.start < other.end;
    };
    return overlaps(gap) && std::none_of(known.begin(), known.end(), [&](const Aside& other) {
             return overlaps(other) && other.text == aside.text;
           });
  }

  /// Of the sounds and of what was removed, what is in the gap and not known yet.
  void keep_asides(const ChunkText& found, const TimeSpan& gap) {
    for (const SoundEvent& sound : found.sounds) {
      if (is_new(sound, text_.sounds, gap)) text_.sounds.push_back(sound);
    }
    for (const RemovedPassage& passage : found.removed.passages) {
      if (!is_new(passage, text_.removed.passages, gap)) continue;
      text_.removed.passages.push_back(passage);
      ++(passage.reason == RemovalReason::kRepetition ? text_.removed.repetition_segments
                                                      : text_.removed.silence_segments);
      text_.removed.words += estimate_words({.text = passage.text}).size();
    }
    std::stable_sort(text_.sounds.begin(), text_.sounds.end(),
                     [](const SoundEvent& a, const SoundEvent& b) { return a.start < b.start; });
  }

  /// Where the speech begins that goes on at `time`, so that no word is cut; `time` itself if that is long
  /// ago.
  [[nodiscard]] Millis onset_before(Millis time) const {
    constexpr Millis kReach(2'000);
    const auto after =
        std::find_if(speech_.begin(), speech_.end(), [&](const TimeSpan& span) { return span.end > time; });
    return after != speech_.end() && time - after->start < kReach ? std::min(time, after->start) : time;
  }

  void insert(std::vector<Segment> found, const TimeSpan& gap) {
    for (Segment& segment : text_.segments) {
      if (!segment.words.empty()) segment.start = std::min(segment.start, segment.words.front().start);
    }
    put_in_order(text_, length_);
    if (found.empty()) return;
    std::vector<Segment>& all = text_.segments;
    const Millis middle = gap.start + (gap.end - gap.start) / 2;
    split_at(all, middle);
    const auto place =
        std::find_if(all.begin(), all.end(), [&](const Segment& segment) { return segment.start >= middle; });
    all.insert(place, std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    put_in_order(text_, length_);
  }

  [[nodiscard]] float mean_probability(const TimeSpan& gap) const {
    const auto frame = static_cast<std::int64_t>(chunk_.speech_frame);
    const auto frames = static_cast<std::int64_t>(chunk_.speech.size());
    const std::int64_t begin = std::min(frames, time_to_samples(gap.start) / frame);
    const std::int64_t end = std::min(frames, time_to_samples(gap.end) / frame);
    float sum = 0;
    for (std::int64_t i = begin; i < end; ++i) sum += chunk_.speech[static_cast<std::size_t>(i)];
    return end > begin ? sum / static_cast<float>(end - begin) : 0;
  }

  Recognizer& recognizer_;
  const Chunk& chunk_;
  RecognitionOptions options_;
  const bool word_times_;
  ChunkText& text_;
  const std::stop_token& stop_;
  const Millis length_;
  const std::vector<TimeSpan> speech_;
  std::map<Millis, Tried> tried_;  ///< By the start of what it was for.
};

}  // namespace

Result<> recover_speech(Recognizer& recognizer, const Chunk& chunk, const RecognitionOptions& options,
                        ChunkText& text, const std::stop_token& stop) {
  return Recovery(recognizer, chunk, options, text, stop).run();
}

}  // namespace vat::asr

#include "asr/second_look.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "asr/chunk_part.h"
#include "asr/chunk_text.h"
#include "asr/coverage.h"
#include "asr/segment_words.h"

namespace vat::asr {
namespace {

/// A chunk of music or noise must not cost many times what speech costs.
constexpr int kMaxLooks = 3;
constexpr Millis kMinSpeech(1'500);

enum class Guess {
  kNone,   ///< Likely, or hardly any speech.
  kShort,  ///< Words are missing.
  kWrong,  ///< Words may be wrong or too many.
};

Guess guess_in(const Segment& segment, std::span<const TimeSpan> speech) {
  constexpr float kDoubt = -0.4F;
  constexpr float kMuchDoubt = -0.5F;
  /// Speech has about 15 in most languages, in any script.
  constexpr std::int64_t kMinBytesPerSecond = 9;
  const Millis spoken = speech_within(speech, {segment.start, segment.end});
  if (segment.average_log_probability >= kDoubt || spoken < kMinSpeech) return Guess::kNone;
  if (static_cast<std::int64_t>(segment.text.size()) * 1'000 < kMinBytesPerSecond * spoken.count())
    return Guess::kShort;
  return segment.average_log_probability < kMuchDoubt ? Guess::kWrong : Guess::kNone;
}

float least_probability(std::span<const Segment> segments) {
  float least = 0;
  for (const Segment& segment : segments) least = std::min(least, segment.average_log_probability);
  return least;
}

/// Fewer words are always likelier, so they must be much likelier, and not many fewer.
bool is_better(std::span<const Segment> found, const Segment& segment, Guess guess) {
  constexpr float kMuchLikelier = 0.1F;
  const std::size_t before = count_words(segment);
  const std::size_t now = count_words(found);
  const float gain = least_probability(found) - segment.average_log_probability;
  if (guess == Guess::kShort) return now > before && gain > 0;
  return now <= before && 5 * now >= 3 * before && gain >= kMuchLikelier;
}

/// The speech that the segment has a part of, with some silence around it, up to the segments beside it.
TimeSpan window_of(std::span<const Segment> segments, std::size_t index, std::span<const TimeSpan> speech,
                   Millis length) {
  constexpr Millis kAround(150);  // not recover_speech()'s, with which the same would be said again
  const Segment& segment = segments[index];
  TimeSpan window{segment.start, segment.end};
  for (const TimeSpan& one : speech) {
    if (one.start >= segment.end || one.end <= segment.start) continue;
    window.start = std::min(window.start, one.start);
    window.end = std::max(window.end, one.end);
  }
  const Millis before = index == 0 ? Millis(0) : segments[index - 1].end;
  const Millis after = index + 1 == segments.size() ? length : segments[index + 1].start;
  return {std::max(before, window.start - kAround), std::min(after, window.end + kAround)};
}

}  // namespace

Result<> look_again_at_guesses(Recognizer& recognizer, const Chunk& chunk, const RecognitionOptions& options,
                               ChunkText& text, const std::stop_token& stop) {
  const std::vector<TimeSpan> speech = find_speech(chunk.speech, chunk.speech_frame);
  const Millis length = samples_to_time(chunk.length());
  RecognitionOptions again = options;
  again.language = text.language;
  again.half_context = true;
  int windows = 0;
  for (std::size_t i = 0; i < text.segments.size() && windows < kMaxLooks; ++i) {
    const Guess guess = guess_in(text.segments[i], speech);
    if (guess == Guess::kNone) continue;
    const TimeSpan window = window_of(text.segments, i, speech, length);
    if (window.end - window.start < kMinSpeech) continue;  // it overlaps those beside it
    ++windows;
    VAT_ASSIGN(ChunkText found, recognize_part(recognizer, chunk, window, again, stop));
    if (!is_better(found.segments, text.segments[i], guess)) continue;
    const auto at = text.segments.erase(text.segments.begin() + static_cast<std::ptrdiff_t>(i));
    text.segments.insert(at, std::make_move_iterator(found.segments.begin()),
                         std::make_move_iterator(found.segments.end()));
    i += found.segments.size() - 1;
    put_in_order(text, length);
  }
  return {};
}

}  // namespace vat::asr

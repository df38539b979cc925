#include "asr/hallucinations.h"

#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asr/coverage.h"
#include "asr/repetition.h"
#include "asr/segment_words.h"
#include "asr/stock_phrases.h"
#include "domain/audio.h"

namespace vat::asr {
namespace {

/// Where the detector found speech in the chunk.
struct SpeechMask {
  std::span<const float> probability;
  std::size_t frame = 0;
  float threshold = 0;

  [[nodiscard]] bool known() const { return !probability.empty() && frame > 0; }

  /// Part of the time from `start` to `end` that may be speech, [0, 1]; 0 outside the chunk.
  [[nodiscard]] double speech_part(Millis start, Millis end) const {
    const auto frames = static_cast<std::int64_t>(probability.size());
    const auto length = static_cast<std::int64_t>(frame);
    const std::int64_t first = std::clamp<std::int64_t>(time_to_samples(start) / length, 0, frames);
    const std::int64_t last =
        std::clamp<std::int64_t>((time_to_samples(end) + length - 1) / length, first, frames);
    if (first == last) return 0;
    const auto count = std::count_if(probability.begin() + first, probability.begin() + last,
                                     [&](float value) { return value >= threshold; });
    return static_cast<double>(count) / static_cast<double>(last - first);
  }
};

/// Why nobody said the segment; empty if somebody may have.
std::optional<RemovalReason> silence_reason(const Segment& segment, const SpeechMask& mask,
                                            const HallucinationOptions& options) {
  const bool silent_to_engine = segment.no_speech_probability > options.no_speech_probability;
  const bool unlikely = segment.average_log_probability < options.average_log_probability;
  if (silent_to_engine && unlikely) return RemovalReason::kSilence;
  // Engines are off by a few tenths of a second.
  constexpr Millis kSlack(300);
  if (mask.known() && mask.speech_part(segment.start - kSlack, segment.end + kSlack) == 0)
    return RemovalReason::kNoSpeech;
  constexpr double kHardlyAny = 0.15;
  constexpr double kHalf = 0.5;
  const double speech = mask.known() ? mask.speech_part(segment.start, segment.end) : kHalf;
  const bool doubtful = mask.known() ? speech < kHalf && (silent_to_engine || unlikely) : silent_to_engine;
  if ((speech < kHardlyAny || doubtful) && is_stock_phrase(segment.text)) return RemovalReason::kStockPhrase;
  return std::nullopt;
}

Removed remove_silence(std::vector<Segment>& segments, const SpeechMask& mask,
                       const HallucinationOptions& options) {
  Removed removed;
  std::erase_if(segments, [&](const Segment& segment) {
    const std::optional<RemovalReason> reason = silence_reason(segment, mask, options);
    if (!reason) return false;
    ++removed.silence_segments;
    removed.words += count_words(segment);
    removed.passages.push_back({segment.start, segment.end, segment.text, *reason});
    return true;
  });
  return removed;
}

/// All words of the segments in one sequence.
struct WordList {
  std::vector<Word> words;
  std::vector<std::size_t> segments;  // the segment of each word
  std::vector<std::string> keys;
};

WordList list_words(const std::vector<Segment>& segments) {
  WordList list;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    for (const Word& word : words_of(segments[i])) {
      list.words.push_back(word);
      list.segments.push_back(i);
      list.keys.push_back(word_key(word.text));
    }
  }
  return list;
}

/// True when nobody can have said the loop.
bool is_unsaid(const WordList& list, const Loop& loop, const HallucinationOptions& options) {
  const bool single = loop.period == 1;
  if (single && loop.rounds < 4) return false;
  const auto begin = list.words.begin() + static_cast<std::ptrdiff_t>(loop.begin);
  const auto end = list.words.begin() + static_cast<std::ptrdiff_t>(loop.end());
  const auto count = static_cast<double>(end - begin);
  const double seconds = to_seconds((end - 1)->end - begin->start);
  // A word without a space is a syllable, as in Chinese, and those come faster.
  const double fastest = options.words_per_second * (begin->joined || (begin + 1)->joined ? 1.5 : 1);
  if (count > fastest * seconds) return true;
  const auto timeless = std::count_if(begin, end, [](const Word& word) { return word.end <= word.start; });
  if (static_cast<double>(timeless) * 2 > count) return true;
  if (loop.rounds < (single ? 12U : 4U)) return false;
  return compression_ratio(join_words(std::vector<Word>(begin, end))) > options.compression_ratio;
}

/// Which words are left when each loop is reduced to its first round.
std::vector<bool> words_to_keep(const WordList& list, const std::vector<Loop>& loops) {
  std::vector<bool> keep(list.words.size(), true);
  for (const Loop& loop : loops) {
    std::size_t end = loop.end();
    // The engine stopped within a round.
    std::size_t tail = end;
    while (tail < list.keys.size() && list.keys[tail] == list.keys[tail - loop.period]) ++tail;
    if (tail == list.keys.size()) end = tail;
    std::fill(keep.begin() + static_cast<std::ptrdiff_t>(loop.begin + loop.period),
              keep.begin() + static_cast<std::ptrdiff_t>(end), false);
  }
  return keep;
}

/// Removes the words that are not to be kept.
Removed remove_words(std::vector<Segment>& segments, const WordList& list, const std::vector<bool>& keep) {
  Removed removed;
  std::vector<std::vector<Word>> kept(segments.size());
  std::vector<std::vector<Word>> lost(segments.size());
  for (std::size_t i = 0; i < list.words.size(); ++i)
    (keep[i] ? kept : lost)[list.segments[i]].push_back(list.words[i]);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (lost[i].empty()) continue;
    ++removed.repetition_segments;
    removed.words += lost[i].size();
    removed.passages.push_back(
        {lost[i].front().start, lost[i].back().end, join_words(lost[i]), RemovalReason::kRepetition});
    const bool estimated = segments[i].words.empty();
    set_words(segments[i], std::move(kept[i]));
    if (estimated) segments[i].words.clear();
  }
  std::erase_if(segments, [](const Segment& segment) { return segment.text.empty(); });
  return removed;
}

Removed remove_loops(std::vector<Segment>& segments, const HallucinationOptions& options) {
  const WordList list = list_words(segments);
  const std::vector<Loop> loops =
      find_loops(list.keys, [&](const Loop& loop) { return is_unsaid(list, loop, options); });
  if (loops.empty()) return {};
  return remove_words(segments, list, words_to_keep(list, loops));
}

/// The words that the last ones of the list repeat, by their index: the most, and then the latest. Their
/// number is the second; 0 if there are none.
std::pair<std::size_t, std::size_t> find_echoed(const std::vector<std::string>& keys) {
  std::size_t begin = 0;
  std::size_t most = 0;
  for (std::size_t end = 1; end < keys.size(); ++end) {
    std::size_t count = 0;
    while (count < end && end + count < keys.size() && keys[end - 1 - count] == keys[keys.size() - 1 - count])
      ++count;
    if (count > 0 && count >= most) {
      most = count;
      begin = end - count;
    }
  }
  return {begin, most};
}

Removed remove_echo(std::vector<Segment>& segments, const HallucinationOptions& options) {
  constexpr std::size_t kMinWords = 3;
  const WordList list = list_words(segments);
  const auto [begin, count] = find_echoed(list.keys);
  if (count < kMinWords || segments.back().words.empty()) return {};
  const auto said = std::span(list.words).subspan(begin, count);
  const auto echo = std::span(list.words).last(count);
  if (std::any_of(echo.begin() + 1, echo.end(), [](const Word& word) { return word.joined; })) return {};
  const auto length = [](std::span<const Word> words) {
    Millis sum{0};
    for (const Word& word : words) sum += plausible_end(word) - word.start;
    return to_seconds(sum);
  };
  const float confidence = std::accumulate(echo.begin(), echo.end(), 0.0F, [](float sum, const Word& word) {
    // An engine that does not tell is not doubted.
    return sum + (word.confidence < 0 ? 1 : word.confidence);
  });
  if (length(echo) > options.echo_length * length(said) ||
      confidence > options.echo_confidence * static_cast<float>(count))
    return {};
  std::vector<bool> keep(list.words.size(), true);
  std::fill(keep.end() - static_cast<std::ptrdiff_t>(count), keep.end(), false);
  return remove_words(segments, list, keep);
}

}  // namespace

Removed filter_hallucinations(ChunkText& text, std::span<const float> speech, std::size_t frame,
                              const HallucinationOptions& options) {
  Removed removed = remove_silence(text.segments, {speech, frame, options.speech}, options);
  removed += remove_loops(text.segments, options);
  if (options.echoes) removed += remove_echo(text.segments, options);
  for (Segment& segment : text.segments) segment.compression_ratio = compression_ratio(segment.text);
  text.removed += removed;
  return removed;
}

float compression_ratio(std::string_view text) {
  if (text.empty()) return 0;
  std::vector<Bytef> compressed(compressBound(text.size()));
  uLongf size = compressed.size();
  if (compress(compressed.data(), &size, reinterpret_cast<const Bytef*>(text.data()), text.size()) != Z_OK)
    return 0;
  return static_cast<float>(text.size()) / static_cast<float>(size);
}

}  // namespace vat::asr

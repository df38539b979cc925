#include "asr/coverage.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "asr/segment_words.h"
#include "base/text.h"
#include "domain/audio.h"

namespace vat::asr {
namespace {

/// Adds a span that starts no earlier than those before; they stay without overlaps.
void add_span(std::vector<TimeSpan>& spans, const TimeSpan& span) {
  if (!spans.empty() && span.start <= spans.back().end) {
    spans.back().end = std::max(spans.back().end, span.end);
  } else {
    spans.push_back(span);
  }
}

/// Where a word may be, in order, without overlaps.
std::vector<TimeSpan> find_covered(std::span<const Segment> segments, const CoverageOptions& options) {
  std::vector<TimeSpan> covered;
  for (const Segment& segment : segments) {
    if (options.whole_segments) {
      add_span(covered, {segment.start - options.reach, segment.end + options.reach});
      continue;
    }
    for (const Word& word : words_of(segment)) {
      const TimeSpan around{word.start - options.reach, plausible_end(word) + options.reach};
      add_span(covered, around);
    }
  }
  return covered;
}

/// What of the speech lies outside of `covered`.
std::vector<TimeSpan> subtract(std::span<const TimeSpan> speech, std::span<const TimeSpan> covered) {
  std::vector<TimeSpan> rest;
  auto next = covered.begin();
  for (TimeSpan span : speech) {
    while (next != covered.end() && next->end <= span.start) ++next;
    for (auto over = next; over != covered.end() && over->start < span.end; ++over) {
      if (over->start > span.start) rest.push_back({span.start, over->start});
      span.start = std::min(span.end, over->end);
    }
    if (span.start < span.end) rest.push_back(span);
  }
  return rest;
}

Millis length_of(const TimeSpan& span) { return span.end - span.start; }

/// Whether a word lies between the two.
bool separated(std::span<const TimeSpan> covered, Millis begin, Millis end) {
  const auto after = std::partition_point(covered.begin(), covered.end(),
                                          [&](const TimeSpan& word) { return word.end <= begin; });
  return after != covered.end() && after->start < end;
}

/// False for a sound that may be speech that the engine did not understand, and for the note of a song.
bool is_other_than_speech(const SoundEvent& sound) {
  constexpr std::array<std::string_view, 14> kSpeech = {
      "inaudible", "unintelligible", "indistinct", "speaking", "speaks", "speech",  "talking",
      "talks",     "foreign",        "language",   "voice",    "voices", "chatter", "whispering"};
  const std::vector<std::string> words = comparable_words(sound.text);
  return !words.empty() && !is_silence(sound) &&
         std::none_of(words.begin(), words.end(), [&](const std::string& word) {
           return std::find(kSpeech.begin(), kSpeech.end(), word) != kSpeech.end();
         });
}

std::string whole_seconds(Millis time) {
  return std::to_string(std::chrono::round<std::chrono::seconds>(time).count()) + " s";
}

}  // namespace

Millis plausible_end(const Word& word) {
  constexpr Millis kShortest(250);
  constexpr Millis kPerByte(80);
  constexpr Millis kLongest(1'500);
  const Millis longest = kShortest + kPerByte * static_cast<std::int64_t>(word.text.size());
  return std::min(word.end, word.start + std::min(longest, kLongest));
}

Millis speech_within(std::span<const TimeSpan> speech, const TimeSpan& span) {
  Millis sum{0};
  for (const TimeSpan& one : speech)
    sum += std::max(Millis(0), std::min(one.end, span.end) - std::max(one.start, span.start));
  return sum;
}

std::vector<TimeSpan> find_speech(std::span<const float> probabilities, std::size_t frame,
                                  const CoverageOptions& options) {
  const auto time_of = [&](std::size_t index) {
    return samples_to_time(static_cast<std::int64_t>(index * frame));
  };
  std::vector<TimeSpan> speech;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    if (!(probabilities[i] >= options.speech)) continue;
    if (!speech.empty() && speech.back().end == time_of(i)) {
      speech.back().end = time_of(i + 1);
    } else {
      speech.push_back({time_of(i), time_of(i + 1)});
    }
  }
  return speech;
}

Coverage measure_coverage(std::span<const TimeSpan> speech, std::span<const Segment> segments,
                          const CoverageOptions& options) {
  const std::vector<TimeSpan> covered = find_covered(segments, options);
  Coverage coverage;
  for (const TimeSpan& span : speech) coverage.speech += length_of(span);
  coverage.with_words = coverage.speech;
  Millis sum{0};  // of the speech in the present group of spans that no word and no long pause separates
  TimeSpan group{};
  const auto end_group = [&] {
    if (sum >= options.min_speech) {
      coverage.without_words.push_back(group);
      coverage.with_words -= sum;
    }
    sum = Millis(0);
  };
  for (const TimeSpan& span : subtract(speech, covered)) {
    if (sum > Millis(0) &&
        (span.start - group.end > options.pause || separated(covered, group.end, span.start)))
      end_group();
    if (sum == Millis(0)) group.start = span.start;
    group.end = span.end;
    sum += length_of(span);
  }
  end_group();
  return coverage;
}

std::vector<TimeSpan> outside_sounds(std::span<const TimeSpan> speech, std::span<const SoundEvent> sounds) {
  std::vector<TimeSpan> spans;
  for (const SoundEvent& sound : sounds) {
    if (is_other_than_speech(sound)) add_span(spans, {sound.start, sound.end});
  }
  return subtract(speech, spans);
}

std::string describe_gaps(const Coverage& coverage) {
  constexpr std::size_t kShown = 3;
  const auto gaps = std::span(coverage.without_words);
  const auto shown = gaps.first(std::min(kShown, gaps.size()));
  std::string text = whole_seconds(coverage.speech - coverage.with_words) + " of " +
                     whole_seconds(coverage.speech) +
                     " that sound like speech have no words: " + join(shown, ", ", [](const TimeSpan& gap) {
                       return clock_text(gap.start) + " to " + clock_text(gap.end);
                     });
  if (gaps.size() > shown.size()) text += " and " + std::to_string(gaps.size() - shown.size()) + " more";
  return text + ".";
}

}  // namespace vat::asr

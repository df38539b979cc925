#include "asr/window_end.h"

#include <algorithm>
#include <string>
#include <vector>

#include "asr/coverage.h"
#include "asr/segment_words.h"

namespace vat::asr {
namespace {

/// How much speech there must be, and by how much the end may be likelier, as natural logarithm of the
/// factor.
struct Limit {
  Millis speech;
  float margin;
};
/// After two timestamps, which say themselves that somebody goes on. In real recordings the margin is up to 3
/// where the rest of a sentence follows, and 8 and more where it does not.
constexpr Limit kBegun{Millis(300), 4.0F};
/// After a single one. Where Whisper is surer than that, a window of its own finds better what was said.
constexpr Limit kMore{Millis(1'000), 0.5F};

float likeliest(std::span<const float> logits, whisper_token begin, whisper_token end) {
  const auto part = logits.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  return *std::max_element(part.begin(), part.end());
}

}  // namespace

bool should_go_on(std::span<const whisper_token_data> tokens, std::span<const float> logits,
                  whisper_token end_of_text, whisper_token first_timestamp,
                  std::span<const TimeSpan> speech) {
  const auto is_timestamp = [&](const whisper_token_data& token) { return token.id >= first_timestamp; };
  // The first token is the window's start.
  if (tokens.size() < 3 || !is_timestamp(tokens.back())) return false;
  const whisper_token last = tokens.back().id;
  // It went on from here once, and was here again at the end.
  if (std::ranges::count(tokens, last, &whisper_token_data::id) > 2) return false;
  const bool begun = is_timestamp(tokens[tokens.size() - 2]);
  const Limit& limit = begun ? kBegun : kMore;
  const Millis time = kTimestampStep * (last - first_timestamp);
  if (speech_within(speech, {.start = time, .end = kMaxRecordingLength}) < limit.speech) return false;
  const float next = begun ? likeliest(logits, 0, end_of_text)
                           : likeliest(logits, last, static_cast<whisper_token>(logits.size()));
  const float ahead = logits[static_cast<std::size_t>(end_of_text)] - next;
  return ahead > 0 && ahead <= limit.margin;
}

bool only_repeats(const Segment& segment, const Segment& before, std::span<const TimeSpan> speech) {
  constexpr Millis kBreath{200};
  const bool goes_through = std::any_of(speech.begin(), speech.end(), [&](const TimeSpan& span) {
    return span.start + kBreath <= segment.start && span.end > segment.start;
  });
  if (!goes_through) return false;
  const auto keys_of = [](const Segment& one) {
    std::vector<std::string> keys;
    for (const Word& word : words_of(one)) keys.push_back(word_key(word.text));
    return keys;
  };
  const std::vector<std::string> again = keys_of(segment);
  const std::vector<std::string> said = keys_of(before);
  return again.size() <= said.size() && std::equal(again.rbegin(), again.rend(), said.rbegin());
}

}  // namespace vat::asr

#include "asr/prompted_text.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "asr/chunk_text.h"
#include "asr/coverage.h"
#include "asr/segment_words.h"

namespace vat::asr {
namespace {

std::vector<Word> words_of_segment(const Segment& segment) {
  return segment.words.empty() ? estimate_words(segment) : segment.words;
}

/// Whether a segment lies over far more speech than its words take, however slowly they are said.
bool is_spread(const ChunkText& text, std::span<const TimeSpan> speech) {
  constexpr Millis kMuch(3'000);
  return std::any_of(text.segments.begin(), text.segments.end(), [&](const Segment& segment) {
    Millis said{0};
    for (Word word : words_of_segment(segment)) {
      word.end = kMaxRecordingLength;
      said += plausible_end(word) - word.start;
    }
    return speech_within(speech, {segment.start, segment.end}) - said >= kMuch;
  });
}

/// Whether the engine takes a segment for little more than a guess.
bool is_doubtful(const ChunkText& text) {
  constexpr float kDoubt = -0.4F;
  return std::any_of(text.segments.begin(), text.segments.end(),
                     [](const Segment& segment) { return segment.average_log_probability < kDoubt; });
}

}  // namespace

Result<ChunkText> recognize_prompted(Recognizer& recognizer, const Chunk& chunk,
                                     const RecognitionOptions& options, const std::stop_token& stop) {
  const std::vector<TimeSpan> speech = find_speech(chunk.speech, chunk.speech_frame);
  const auto recognize = [&](const RecognitionOptions& given) -> Result<ChunkText> {
    recognizer.expect_speech(speech);
    VAT_ASSIGN(ChunkText text, recognizer.recognize(chunk.samples, given, stop));
    put_in_order(text, samples_to_time(chunk.length()));
    return text;
  };
  VAT_ASSIGN(ChunkText text, recognize(options));
  if (options.prompt.empty()) return text;
  if (!is_doubtful(text) && !is_spread(text, speech)) return text;
  RecognitionOptions unprompted = options;
  unprompted.prompt.clear();
  VAT_ASSIGN(ChunkText again, recognize(unprompted));
  return count_words(again.segments) > count_words(text.segments) ? std::move(again) : std::move(text);
}

}  // namespace vat::asr

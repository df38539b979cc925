#include "asr/prompted_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "asr/chunk_text.h"
#include "asr/coverage.h"
#include "asr/segment_words.h"
#include "base/common_subsequence.h"

namespace vat::asr {
namespace {

/// Words that two texts have in the same place.
struct Counterparts {
  std::span<Word> prompted;
  std::span<const Word> plain;
};

std::vector<Word> words_of_segments(const ChunkText& text) {
  std::vector<Word> words;
  for (const Segment& segment : text.segments) {
    const std::vector<Word> more = words_of(segment);
    words.insert(words.end(), more.begin(), more.end());
  }
  return words;
}

std::vector<std::string> keys_of(std::span<const Word> words) {
  std::vector<std::string> keys;
  std::transform(words.begin(), words.end(), std::back_inserter(keys),
                 [](const Word& word) { return word_key(word.text); });
  return keys;
}

/// The words that both have, one by one, and the stretches of others between them.
std::vector<Counterparts> compare(std::span<Word> prompted, std::span<const Word> plain) {
  std::vector<Counterparts> stretches;
  std::size_t i = 0;
  std::size_t j = 0;
  const auto go_to = [&](std::size_t next_i, std::size_t next_j) {
    if (next_i > i || next_j > j)
      stretches.push_back({prompted.subspan(i, next_i - i), plain.subspan(j, next_j - j)});
    i = next_i;
    j = next_j;
  };
  for (const auto& [at, same] : common_subsequence(keys_of(prompted), keys_of(plain))) {
    go_to(at, same);
    go_to(at + 1, same + 1);
  }
  go_to(prompted.size(), plain.size());
  return stretches;
}

/// Whether they are other words for the same, rather than more or less than was said.
bool is_reworded(const Counterparts& stretch) {
  constexpr std::size_t kMaxMore = 2;
  const auto [fewer, more] = std::minmax({stretch.prompted.size(), stretch.plain.size()});
  return more - fewer <= kMaxMore;
}

/// The times without the prompt, which are better: the same for as many words, else in equal parts.
void take_times(const Counterparts& stretch, Millis previous_end) {
  const auto count = static_cast<std::int64_t>(stretch.prompted.size());
  const bool none = stretch.plain.empty();
  const Millis start = none ? previous_end : stretch.plain.front().start;
  const Millis length = none ? Millis(0) : std::max(stretch.plain.back().end - start, Millis(0));
  for (std::int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const bool paired = stretch.prompted.size() == stretch.plain.size();
    stretch.prompted[at].start = paired ? stretch.plain[at].start : start + length * i / count;
    stretch.prompted[at].end = paired ? stretch.plain[at].end : start + length * (i + 1) / count;
  }
}

/// Puts words that have new times back into the segments from which they are.
void put_back(std::span<const Word> words, std::vector<Segment>& segments) {
  for (Segment& segment : segments) {
    const std::size_t count = count_words(segment);
    set_words(segment, {words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count)});
    words = words.subspan(count);
  }
}

/// Gives `prompted` the times of `plain` if it is the same in other words.
bool take_as_reworded(ChunkText& prompted, const ChunkText& plain) {
  const std::vector<Word> plain_words = words_of_segments(plain);
  std::vector<Word> words = words_of_segments(prompted);
  const std::vector<Counterparts> stretches = compare(words, plain_words);
  if (!std::all_of(stretches.begin(), stretches.end(), is_reworded)) return false;
  Millis end{0};
  for (const Counterparts& stretch : stretches) {
    take_times(stretch, end);
    if (!stretch.plain.empty()) end = stretch.plain.back().end;
  }
  put_back(words, prompted.segments);
  return true;
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
  if (options.prompt.empty()) return recognize(options);
  RecognitionOptions given = options;
  given.word_times = true;  // to compare them
  VAT_ASSIGN(ChunkText prompted, recognize(given));
  given.prompt.clear();
  VAT_ASSIGN(ChunkText plain, recognize(given));
  ChunkText& text = take_as_reworded(prompted, plain) ? prompted : plain;
  if (!options.word_times)
    for (Segment& segment : text.segments) segment.words.clear();
  return std::move(text);
}

}  // namespace vat::asr

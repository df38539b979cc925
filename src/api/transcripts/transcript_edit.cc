#include "api/transcripts/transcript_edit.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "domain/transcript_json.h"
#include "pipeline/language.h"
#include "subtitles/reader.h"

namespace vat::api {
namespace {

constexpr double kLongestSeconds = 1000.0 * 3600;
constexpr std::size_t kMaxSegments = 1'000'000;
constexpr std::size_t kMaxWordsInSegment = 100'000;
constexpr std::size_t kMaxSegmentBytes = 256U * 1024;
constexpr std::size_t kMaxWordBytes = 1024;
/// Cells of the table that aligns old and new words; past it the words are not kept.
constexpr std::size_t kMaxCells = 4'000'000;

struct Span {
  Millis start{0};
  Millis end{0};
};

/// The members start and end; never before `earliest`.
Result<Span> read_span(JsonFields& fields, Millis earliest) {
  Span span;
  for (auto [name, target] : {std::pair("start", &span.start), std::pair("end", &span.end)}) {
    VAT_ASSIGN(const std::optional<double> seconds, fields.number(name, 0, kLongestSeconds));
    if (!seconds) return fail(fields.missing(name));
    *target = from_seconds(*seconds);
  }
  if (span.start < earliest)
    return fail(fields.wrong("start", "Segments and words stand in the order of their start."));
  if (span.end < span.start) return fail(fields.wrong("end", "The end may not be before the start."));
  return span;
}

Result<Word> read_word(JsonFields& fields, Millis earliest) {
  VAT_ASSIGN(const Span span, read_span(fields, earliest));
  VAT_ASSIGN(const std::optional<std::string> text, fields.text("word", {.min = 1, .max = kMaxWordBytes}));
  if (!text) return fail(fields.missing("word"));
  VAT_ASSIGN(const std::optional<double> confidence, fields.number("confidence", 0, 1));
  VAT_TRY(fields.finish());
  return Word{.start = span.start,
              .end = span.end,
              .text = std::string(trim(*text)),
              .confidence = static_cast<float>(confidence.value_or(1.0))};
}

Result<std::vector<Word>> read_words(std::vector<JsonFields>& items, Millis start) {
  std::vector<Word> words;
  Millis earliest = start;
  for (JsonFields& item : items) {
    VAT_ASSIGN(Word word, read_word(item, earliest));
    earliest = word.start;
    if (!word.text.empty()) words.push_back(std::move(word));
  }
  return words;
}

/// The words of a transcript that begin within a stretch of time, found in passing: the stretches come in
/// order.
class HeardWords {
 public:
  explicit HeardWords(const Transcript& transcript) {
    for (const Segment& segment : transcript.segments)
      words_.insert(words_.end(), segment.words.begin(), segment.words.end());
  }
  std::span<const Word> within(Millis start, Millis end) {
    const auto middle = [](const Word& word) { return word.start + (word.end - word.start) / 2; };
    while (first_ < words_.size() && middle(words_[first_]) < start) ++first_;
    std::size_t last = first_;
    while (last < words_.size() && middle(words_[last]) <= end) ++last;
    return std::span(words_).subspan(first_, last - first_);
  }

 private:
  std::vector<Word> words_;
  std::size_t first_ = 0;
};

Result<Segment> read_segment(JsonFields& fields, Millis earliest, HeardWords& heard) {
  Segment segment;
  VAT_ASSIGN(const Span span, read_span(fields, earliest));
  segment.start = span.start;
  segment.end = span.end;
  VAT_ASSIGN(const std::optional<std::string> text, fields.text("text", {.max = kMaxSegmentBytes}));
  if (!text) return fail(fields.missing("text"));
  segment.text = std::string(trim(*text));
  VAT_ASSIGN(std::optional<std::vector<JsonFields>> words, fields.objects("words", kMaxWordsInSegment));
  VAT_TRY(fields.finish());
  if (words) {
    VAT_ASSIGN(segment.words, read_words(*words, segment.start));
  } else {
    segment.words = retime_words(segment, heard.within(segment.start, segment.end));
  }
  return segment;
}

/// All but the segments.
Transcript without_segments(const Transcript& before) {
  Transcript edited;
  edited.engine = before.engine;
  edited.model = before.model;
  edited.model_version = before.model_version;
  edited.task = before.task;
  edited.language = before.language;
  edited.language_probability = before.language_probability;
  edited.duration = before.duration;
  edited.speech = before.speech;
  edited.removed = before.removed;
  edited.timings = before.timings;
  edited.warnings = before.warnings;
  return edited;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\r\n", at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

/// A word for comparison: without case and punctuation, unless it is nothing else.
std::string comparable(std::string_view word) {
  std::string joined;
  for (const std::string& part : comparable_words(word)) joined += part;
  return joined.empty() ? std::string(word) : joined;
}

/// For each new word the index of the old one that it is, by the longest common subsequence.
std::vector<std::optional<std::size_t>> align(const std::vector<std::string>& fresh,
                                              const std::vector<std::string>& old) {
  const std::size_t width = old.size() + 1;
  std::vector<std::uint32_t> table((fresh.size() + 1) * width, 0);
  const auto cell = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return table[i * width + j]; };
  for (std::size_t i = fresh.size(); i-- > 0;) {
    for (std::size_t j = old.size(); j-- > 0;)
      cell(i, j) = fresh[i] == old[j] ? cell(i + 1, j + 1) + 1 : std::max(cell(i + 1, j), cell(i, j + 1));
  }
  std::vector<std::optional<std::size_t>> matches(fresh.size());
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < fresh.size() && j < old.size()) {
    if (fresh[i] == old[j])
      matches[i++] = j++;
    else if (cell(i + 1, j) >= cell(i, j + 1))
      ++i;
    else
      ++j;
  }
  return matches;
}

/// Gives the words [first, last), which nobody heard, equal parts of the time.
void share_time(std::vector<Word>& words, std::size_t first, std::size_t last, Millis start, Millis end) {
  const auto count = static_cast<std::int64_t>(last - first);
  const Millis length = std::max(end - start, Millis(0));
  for (std::size_t i = first; i < last; ++i) {
    const auto place = static_cast<std::int64_t>(i - first);
    words[i].start = start + length * place / count;
    words[i].end = start + length * (place + 1) / count;
  }
}

Result<Transcript> checked(Transcript transcript) {
  VAT_TRY(check_times(transcript));
  return transcript;
}

}  // namespace

std::vector<Word> retime_words(const Segment& segment, std::span<const Word> heard) {
  if (heard.empty()) return {};
  const std::vector<Word> before(heard.begin(), heard.end());
  if (join_words(before) == segment.text) return before;
  if (std::any_of(before.begin() + 1, before.end(), [](const Word& word) { return word.joined; })) return {};
  const std::vector<std::string_view> texts = split_words(segment.text);
  if (texts.size() * before.size() > kMaxCells) return {};
  std::vector<std::string> fresh;
  for (const std::string_view text : texts) fresh.push_back(comparable(text));
  std::vector<std::string> old;
  for (const Word& word : before) old.push_back(comparable(word.text));
  const auto matches = align(fresh, old);

  std::vector<Word> words(texts.size());
  std::size_t shared = 0;  // the first word whose time is not known yet
  Millis known_until = segment.start;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    words[i].text = std::string(texts[i]);
    words[i].confidence = 1;
    if (!matches[i]) continue;
    const Word& same = before[*matches[i]];
    words[i].confidence = same.confidence;
    words[i].start = std::clamp(same.start, known_until, std::max(known_until, segment.end));
    words[i].end = std::clamp(same.end, words[i].start, std::max(words[i].start, segment.end));
    share_time(words, shared, i, known_until, words[i].start);
    known_until = words[i].end;
    shared = i + 1;
  }
  share_time(words, shared, words.size(), known_until, segment.end);
  return words;
}

Result<Transcript> transcript_from_edit(JsonFields& fields, const Transcript& before) {
  Transcript edited = without_segments(before);
  VAT_ASSIGN(const std::optional<std::string> language, fields.text("language", {.min = 1, .max = 35}));
  if (language) {
    Result<std::string> code = pipeline::recognition_language(*language);
    if (!code) return fail(fields.wrong("language", std::move(code).error().message));
    if (*code != "auto") edited.language = *std::move(code);
  }
  VAT_ASSIGN(std::optional<std::vector<JsonFields>> segments, fields.objects("segments", kMaxSegments));
  if (!segments) return fail(fields.missing("segments"));
  VAT_TRY(fields.finish());
  HeardWords heard(before);
  Millis earliest(0);
  for (JsonFields& item : *segments) {
    VAT_ASSIGN(Segment segment, read_segment(item, earliest, heard));
    earliest = segment.start;
    if (!segment.text.empty()) edited.segments.push_back(std::move(segment));
  }
  return checked(std::move(edited));
}

Result<Transcript> transcript_from_subtitles(std::string_view bytes, const Transcript& before) {
  VAT_ASSIGN(const std::vector<subtitles::Cue> cues, subtitles::read_subtitles(bytes));
  Transcript edited = without_segments(before);
  HeardWords heard(before);
  for (const subtitles::Cue& cue : cues) {
    Segment segment;
    segment.start = cue.start;
    segment.end = cue.end;
    if (!cue.speaker.empty()) segment.text = cue.speaker + ":";
    for (const std::string& line : cue.lines) segment.text += (segment.text.empty() ? "" : " ") + line;
    segment.words = retime_words(segment, heard.within(segment.start, segment.end));
    edited.segments.push_back(std::move(segment));
  }
  return checked(std::move(edited));
}

}  // namespace vat::api

#include "api/transcripts/transcript_edit.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "domain/attribution.h"
#include "domain/retime.h"
#include "domain/speaker_edits.h"
#include "pipeline/language.h"
#include "subtitles/cue_turns.h"
#include "subtitles/reader.h"
#include "subtitles/rolling.h"
#include "subtitles/sound_captions.h"

namespace vat::api {
namespace {

constexpr std::size_t kMaxSegments = 1'000'000;
constexpr std::size_t kMaxWordsInSegment = 100'000;
constexpr std::size_t kMaxSegmentBytes = 256U * 1024;
constexpr std::size_t kMaxWordBytes = 1024;
constexpr std::size_t kMaxIdBytes = 32;

constexpr const char* kOutOfOrder = "Segments and words must be in order of their start.";

/// Whether the times are in order is checked when all have been read.
Result<Millis> read_time(JsonFields& fields, std::string_view name) {
  VAT_ASSIGN(const std::optional<double> seconds, fields.number(name, 0, to_seconds(kMaxRecordingLength)));
  if (!seconds) return fail(fields.missing(name));
  return from_seconds(*seconds);
}

Result<Word> read_word(JsonFields& fields) {
  Word word;
  VAT_ASSIGN(word.start, read_time(fields, "start"));
  VAT_ASSIGN(word.end, read_time(fields, "end"));
  VAT_ASSIGN(const std::optional<std::string> text, fields.text("word", {.min = 1, .max = kMaxWordBytes}));
  if (!text) return fail(fields.missing("word"));
  VAT_ASSIGN(const std::optional<double> confidence, fields.number("confidence", 0, 1));
  VAT_TRY(fields.finish());
  word.text = std::string(trim(*text));
  word.confidence = static_cast<float>(confidence.value_or(1.0));
  return word;
}

Result<std::vector<Word>> read_words(std::vector<JsonFields>& items, Millis earliest) {
  std::vector<Word> words;
  for (JsonFields& item : items) {
    VAT_ASSIGN(Word word, read_word(item));
    if (words.empty() && word.start < earliest) return fail(item.wrong("start", kOutOfOrder));
    words.push_back(std::move(word));
  }
  return words;
}

/// Empty if none is given, or it is to be detected.
Result<std::string> read_language(JsonFields& fields) {
  VAT_ASSIGN(const std::optional<std::string> language, fields.text("language", {.min = 1, .max = 35}));
  if (!language) return "";
  Result<std::string> code = pipeline::recognition_language(*language);
  if (!code) return fail(fields.wrong("language", std::move(code).error().message));
  return *code == "auto" ? "" : *std::move(code);
}

/// What is kept of the transcript before.
struct Earlier {
  explicit Earlier(const Transcript& before) : words(before), speakers(before) {}
  RecognisedWords words;
  KnownSpeakers speakers;
};

/// Who speaks: null for nobody; if it is not said, who did before.
Result<std::string> read_speaker(JsonFields& fields, const Segment& segment, const TranscriptSummary& edited,
                                 Earlier& earlier) {
  if (!fields.has("speaker")) return earlier.speakers.within(segment.start, segment.end);
  VAT_ASSIGN(std::optional<std::string> id, fields.text("speaker", {.max = kMaxIdBytes}));
  if (!id || id->empty()) return "";
  if (speaker_label(edited, *id).empty())
    return fail(fields.wrong("speaker", "The transcript has no such speaker."));
  return *std::move(id);
}

Result<Segment> read_segment(JsonFields& fields, const TranscriptSummary& edited, Earlier& earlier) {
  Segment segment;
  VAT_ASSIGN(segment.start, read_time(fields, "start"));
  VAT_ASSIGN(segment.end, read_time(fields, "end"));
  VAT_ASSIGN(const std::optional<std::string> text, fields.text("text", {.max = kMaxSegmentBytes}));
  if (!text) return fail(fields.missing("text"));
  segment.text = std::string(trim(*text));
  VAT_ASSIGN(segment.language, read_language(fields));
  VAT_ASSIGN(segment.speaker, read_speaker(fields, segment, edited, earlier));
  VAT_ASSIGN(std::optional<std::vector<JsonFields>> words, fields.objects("words", kMaxWordsInSegment));
  VAT_TRY(fields.finish());
  if (words) {
    VAT_ASSIGN(segment.words, read_words(*words, segment.start));
  } else {
    segment.words = retime_words(segment, earlier.words.within(segment.start, segment.end));
  }
  return segment;
}

Transcript without_segments(const TranscriptSummary& before) { return {before, {}}; }

/// The error for the field with an impossible time.
Error time_error(const JsonFields& fields, const TimeFault& fault) {
  std::string name = "segments[" + std::to_string(fault.segment) + "].";
  if (fault.word) name += "words[" + std::to_string(*fault.word) + "].";
  if (fault.end) return fields.wrong(name + "end", "The end may not be before the start.");
  return fields.wrong(name + "start", kOutOfOrder);
}

void drop_empty(std::vector<Segment>& segments) {
  std::erase_if(segments, [](const Segment& segment) { return segment.text.empty(); });
  for (Segment& segment : segments)
    std::erase_if(segment.words, [](const Word& word) { return word.text.empty(); });
}

}  // namespace

Result<Transcript> transcript_from_edit(JsonFields& fields, const Transcript& before) {
  Transcript edited = without_segments(before);
  VAT_ASSIGN(std::string language, read_language(fields));
  if (!language.empty()) edited.language = std::move(language);
  VAT_ASSIGN(std::optional<std::vector<JsonFields>> segments, fields.objects("segments", kMaxSegments));
  if (!segments) return fail(fields.missing("segments"));
  VAT_TRY(fields.finish());
  Earlier earlier(before);
  for (JsonFields& item : *segments) {
    VAT_ASSIGN(Segment segment, read_segment(item, edited, earlier));
    edited.segments.push_back(std::move(segment));
  }
  if (const auto fault = find_time_fault(edited.segments)) return fail(time_error(fields, *fault));
  drop_empty(edited.segments);
  mark_overlaps(edited);
  VAT_TRY(check_times(edited));
  return edited;
}

namespace {

/// Where the turns of a cue begin, if as many people spoke in it before.
void take_times(std::vector<subtitles::CueTurn>& turns, const Transcript& before) {
  if (turns.size() < 2) return;
  const std::vector<Segment>& segments = before.segments;
  auto next = std::partition_point(segments.begin(), segments.end(), [&](const Segment& segment) {
    return segment.start <= turns.front().start;
  });
  std::vector<Millis> changes;
  for (; next != segments.end() && next->start < turns.back().end; ++next)
    if (next != segments.begin() && next->speaker != std::prev(next)->speaker) changes.push_back(next->start);
  if (changes.size() + 1 != turns.size()) return;
  for (std::size_t i = 0; i < changes.size(); ++i) turns[i].end = turns[i + 1].start = changes[i];
}

/// Who speaks in each turn of a file.
class TurnSpeakers {
 public:
  TurnSpeakers(Transcript& edited, const Transcript& before) : edited_(edited), before_(before) {}

  /// Of the next turn; a name at the beginning of its text is taken off.
  std::string next(subtitles::CueTurn& turn) {
    const std::string previous = std::exchange(last_, find(turn));
    // Better nobody than somebody who it is not.
    if (turn.changes && last_ == previous) last_.clear();
    return last_;
  }

 private:
  std::string find(subtitles::CueTurn& turn) {
    if (!turn.speaker.empty()) {
      has_voices_ = true;
      return speaker_of_name(edited_, turn.speaker);
    }
    // WebVTT names the speaker of every cue.
    if (has_voices_) return "";
    if (take_label(turn.text)) return current_;
    // SubRip has the name where the speaker changes.
    return named_ ? current_ : before_.within(turn.start, turn.end);
  }

  bool take_label(std::string& text) {
    for (const Speaker& speaker : edited_.speakers) {
      const std::string label = speaker_label(speaker) + ": ";
      if (!text.starts_with(label)) continue;
      text.erase(0, label.size());
      named_ = true;
      current_ = speaker.id;
      return true;
    }
    return false;
  }

  Transcript& edited_;
  KnownSpeakers before_;
  std::string current_;
  std::string last_;  ///< Of the turn before.
  bool named_ = false;
  bool has_voices_ = false;
};

}  // namespace

Result<Transcript> transcript_from_subtitles(std::string_view bytes, const Transcript& before) {
  VAT_ASSIGN(std::vector<subtitles::Cue> read, subtitles::read_subtitles(bytes));
  const std::vector<subtitles::Cue> cues = subtitles::join_rolling_captions(std::move(read));
  const bool dashes = subtitles::uses_dashes(cues);
  Transcript edited = without_segments(before);
  TurnSpeakers speakers(edited, before);
  for (const subtitles::Cue& cue : cues) {
    std::vector<subtitles::CueTurn> turns = subtitles::cue_turns(cue, dashes);
    take_times(turns, before);
    for (subtitles::CueTurn& turn : turns) {
      Segment segment;
      segment.speaker = speakers.next(turn);
      segment.start = turn.start;
      segment.end = turn.end;
      segment.text = std::move(turn.text);
      edited.segments.push_back(std::move(segment));
    }
  }
  // Cues may overlap.
  std::stable_sort(edited.segments.begin(), edited.segments.end(),
                   [](const Segment& a, const Segment& b) { return a.start < b.start; });
  keep_pitches(edited, before);
  subtitles::take_out_sounds(edited);
  RecognisedWords recognised(before);
  for (Segment& segment : edited.segments)
    segment.words = retime_words(segment, recognised.within(segment.start, segment.end));
  mark_overlaps(edited);
  VAT_TRY(check_times(edited));
  return edited;
}

}  // namespace vat::api

#include <algorithm>

#include "base/json_writer.h"
#include "domain/speaker_edits.h"
#include "subtitles/line_text.h"
#include "subtitles/whisper_json.h"
#include "subtitles/writers.h"

namespace vat::subtitles {
namespace {

void write_time(JsonWriter& json, std::string_view key, Millis time) {
  json.key(key).number(to_seconds(std::max(time, Millis(0))));
}

void write_word(JsonWriter& json, const Word& word, const std::string& speaker) {
  json.new_line();
  json.begin_object();
  json.key("word").string(word.text);
  write_time(json, "start", word.start);
  write_time(json, "end", word.end);
  if (word.confidence >= 0) json.key("confidence").number(word.confidence);
  if (!speaker.empty()) json.key("speaker").string(speaker);
  json.end_object();
}

void write_text(JsonWriter& json, const Transcript& transcript) {
  std::string text;
  for (const Segment& segment : transcript.segments) append_segment(text, segment);
  json.key("text").string(text);
}

void write_segments(JsonWriter& json, const Transcript& transcript) {
  json.new_line();
  json.key("segments").begin_array();
  std::int64_t id = 0;
  for (const Segment& segment : transcript.segments) {
    json.new_line();
    write_whisper_segment(json, segment, id++);
  }
  json.new_line();
  json.end_array();
  json.new_line();
  json.key("words").begin_array();
  for (const Segment& segment : transcript.segments) {
    for (const Word& word : segment.words) write_word(json, word, segment.speaker);
  }
  json.new_line();
  json.end_array();
}

void write_speakers(JsonWriter& json, const Transcript& transcript) {
  if (transcript.speakers.empty()) return;
  const std::vector<SpeakerShare> shares = speaker_shares(transcript);
  json.new_line();
  json.key("speakers").begin_array();
  for (std::size_t i = 0; i < shares.size(); ++i) {
    json.begin_object();
    json.key("id").string(transcript.speakers[i].id);
    json.key("name").string(transcript.speakers[i].name);
    write_time(json, "talking", shares[i].talking);
    if (transcript.speakers[i].pitch > 0) json.key("pitch").number(transcript.speakers[i].pitch);
    json.end_object();
  }
  json.end_array();
  json.new_line();
  json.key("turns").array(transcript.turns, [&](const SpeakerTurn& turn) {
    json.new_line();
    json.begin_object();
    write_time(json, "start", turn.start);
    write_time(json, "end", turn.end);
    json.key("speaker").string(transcript.speakers.at(turn.speaker).id);
    json.end_object();
  });
}

void write_coverage(JsonWriter& json, const std::optional<Coverage>& coverage) {
  json.key("coverage");
  if (!coverage) return json.null();
  json.begin_object();
  write_time(json, "speech", coverage->speech);
  write_time(json, "with_words", coverage->with_words);
  json.key("without_words").array(coverage->without_words, [&json](const TimeSpan& span) {
    json.begin_object();
    write_time(json, "start", span.start);
    write_time(json, "end", span.end);
    json.end_object();
  });
  json.end_object();
}

void write_sound(JsonWriter& json, const SoundEvent& sound) {
  json.new_line();
  json.begin_object();
  write_time(json, "start", sound.start);
  write_time(json, "end", sound.end);
  json.key("text").string(sound.text);
  json.end_object();
}

void write_removed(JsonWriter& json, const Removed& removed) {
  json.key("removed").begin_object();
  json.key("silence_segments").integer(static_cast<std::int64_t>(removed.silence_segments));
  json.key("repetition_segments").integer(static_cast<std::int64_t>(removed.repetition_segments));
  json.key("words").integer(static_cast<std::int64_t>(removed.words));
  json.key("passages").array(removed.passages, [&json](const RemovedPassage& passage) {
    json.new_line();
    json.begin_object();
    write_time(json, "start", passage.start);
    write_time(json, "end", passage.end);
    json.key("text").string(passage.text);
    json.key("reason").string(removal_reason_name(passage.reason));
    json.end_object();
  });
  json.end_object();
}

void write_provenance(JsonWriter& json, const Transcript& transcript) {
  json.new_line();
  json.key("engine").string(transcript.engine);
  json.key("model").string(transcript.model);
  json.key("model_version").string(transcript.model_version);
  write_time(json, "speech", transcript.speech);
  write_coverage(json, transcript.coverage);
  json.key("timings").begin_object();
  json.key("total").number(transcript.timings.total);
  json.key("recognition").number(transcript.timings.recognition);
  json.end_object();
  write_removed(json, transcript.removed);
  json.key("warnings").strings(transcript.warnings);
}

void write_report(JsonWriter& json, const ShapedCues& cues) {
  json.new_line();
  json.key("subtitles").begin_object();
  json.key("preset").string(cues.preset);
  json.key("cues").integer(static_cast<std::int64_t>(cues.cues.size()));
  json.key("problems").begin_array();
  for (const CueProblem& problem : cues.problems) {
    json.new_line();
    json.begin_object();
    json.key("cue").integer(static_cast<std::int64_t>(problem.cue));
    json.key("fault").string(fault_name(problem.fault));
    json.key("measured").number(problem.measured);
    json.key("limit").number(problem.limit);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

void write_whisper_segment(JsonWriter& json, const Segment& segment, std::int64_t id) {
  json.begin_object();
  json.key("id").integer(id);
  // Whisper counts its position in frames of 10 ms.
  json.key("seek").integer(std::max(segment.start, Millis(0)).count() / 10);
  write_time(json, "start", segment.start);
  write_time(json, "end", segment.end);
  json.key("text").string(segment.text);
  if (!segment.language.empty()) json.key("language").string(segment.language);
  if (!segment.speaker.empty()) json.key("speaker").string(segment.speaker);
  if (segment.overlapped) json.key("overlapped").boolean(true);
  json.key("tokens").begin_array();
  json.end_array();
  json.key("temperature").number(segment.temperature);
  json.key("avg_logprob").number(segment.average_log_probability);
  json.key("compression_ratio").number(segment.compression_ratio);
  json.key("no_speech_prob").number(segment.no_speech_probability);
  json.end_object();
}

std::string write_json(const Transcript& transcript, const ShapedCues& cues) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("task").string(transcript.task);
  json.key("language").string(language_name(transcript.language));
  json.key("language_code").string(transcript.language);
  json.key("language_probability");
  transcript.language_probability > 0 ? json.number(transcript.language_probability) : json.null();
  write_time(json, "duration", transcript.duration);
  write_text(json, transcript);
  write_segments(json, transcript);
  json.new_line();
  json.key("sounds").array(transcript.sounds, [&json](const SoundEvent& sound) { write_sound(json, sound); });
  write_speakers(json, transcript);
  write_provenance(json, transcript);
  write_report(json, cues);
  json.new_line();
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace vat::subtitles

#include "api/transcripts/transcript_file.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/file_name.h"
#include "base/text.h"
#include "pipeline/options_json.h"
#include "pipeline/result_files.h"
#include "subtitles/shape.h"
#include "subtitles/sound_captions.h"

namespace vat::api {

std::string stem_of(const std::string& title) {
  const std::size_t dot = title.rfind('.');
  return dot == std::string::npos || dot == 0 || title.size() - dot > 6 ? title : title.substr(0, dot);
}

namespace {

/// Cues are then shaped of it alone, so that a look at a beginning is quick.
Transcript beginning(const Transcript& whole, std::size_t segments) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(segments, whole.segments.size()));
  Transcript begin{static_cast<const TranscriptSummary&>(whole),
                   {whole.segments.begin(), whole.segments.begin() + count}};
  if (begin.segments.size() == whole.segments.size()) return begin;
  const Millis end = begin.segments.back().end;
  std::erase_if(begin.sounds, [&](const SoundEvent& sound) { return sound.start >= end; });
  std::erase_if(begin.turns, [&](const SpeakerTurn& turn) { return turn.start >= end; });
  return begin;
}

void forget_speakers(Transcript& transcript) {
  for (Segment& segment : transcript.segments) segment.speaker.clear();
  transcript.speakers.clear();
  transcript.turns.clear();
}

/// A preset with single cues for segments has no lines to count.
Result<subtitles::ShapedCues> cues_of(const Transcript& transcript, const pipeline::JobOptions& options,
                                      const TranscriptLook& look) {
  VAT_ASSIGN(subtitles::Preset preset, pipeline::cue_preset(transcript, options));
  preset.characters_per_line = look.line_length.value_or(preset.characters_per_line);
  if (preset.lines > 0) preset.lines = look.lines.value_or(preset.lines);
  return subtitles::shape(options.sounds ? subtitles::with_sounds(transcript) : transcript, preset);
}

Result<TranscriptFile> file_of(const Job& job, const pipeline::JobOptions& options,
                               const Transcript& transcript, subtitles::Format format,
                               const TranscriptLook& look) {
  VAT_ASSIGN(const subtitles::ShapedCues cues, cues_of(transcript, options, look));
  const std::string stem = stem_of(job.title);
  subtitles::WriteOptions writing{.title = stem, .sounds = options.sounds, .times = look.times};
  writing.paragraph_pause = look.paragraph_pause.value_or(writing.paragraph_pause);
  return TranscriptFile{.name = fitted_file_name(stem, "." + std::string(subtitles::file_extension(format))),
                        .bytes = subtitles::write(format, transcript, cues, writing)};
}

}  // namespace

Result<TranscriptFile> transcript_file(const Job& job, const Transcript& transcript, subtitles::Format format,
                                       const TranscriptLook& look) {
  VAT_ASSIGN(pipeline::JobOptions options, pipeline::job_options_from_stored_json(job.options));
  if (!look.preset.empty()) options.preset = look.preset;
  options.sounds = look.sounds.value_or(options.sounds);
  if (!look.max_segments && look.speakers) return file_of(job, options, transcript, format, look);
  Transcript shown = beginning(transcript, look.max_segments.value_or(transcript.segments.size()));
  if (!look.speakers) forget_speakers(shown);
  return file_of(job, options, shown, format, look);
}

std::string name_of(const TranscriptLook& look) {
  std::string name = look.preset;
  const auto add = [&](const std::string& mark) { append_item(name, mark, "-"); };
  if (look.line_length) add("c" + std::to_string(*look.line_length));
  if (look.lines) add("l" + std::to_string(*look.lines));
  if (look.paragraph_pause) add("p" + std::to_string(look.paragraph_pause->count()));
  if (look.sounds) add(*look.sounds ? "sounds" : "no-sounds");
  if (!look.speakers) add("no-speakers");
  if (!look.times) add("no-times");
  if (look.max_segments) add("s" + std::to_string(*look.max_segments));
  return name;
}

}  // namespace vat::api

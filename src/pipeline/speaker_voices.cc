#include "pipeline/speaker_voices.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "domain/speaker_edits.h"
#include "subtitles/formats.h"
#include "tts/pitch.h"

namespace vat::pipeline {
namespace {

using Meters = std::map<std::string, tts::PitchMeter, std::less<>>;

/// Those who say something, in the transcript's order.
std::vector<Speaker> speaking(const Transcript& transcript) {
  std::set<std::string, std::less<>> heard;
  for (const Segment& segment : transcript.segments) heard.insert(segment.speaker);
  std::vector<Speaker> found;
  std::copy_if(transcript.speakers.begin(), transcript.speakers.end(), std::back_inserter(found),
               [&](const Speaker& speaker) { return heard.contains(speaker.id); });
  return found;
}

bool is_called(const Speaker& speaker, std::string_view name) {
  const std::string folded = fold_case(name);
  return folded == fold_case(speaker.id) || folded == fold_case(speaker_label(speaker));
}

/// The voice that a person chose; empty: none.
std::string chosen_voice(const Speaker& speaker, const SpeechOptions& options) {
  const auto found = std::find_if(options.voices.begin(), options.voices.end(),
                                  [&](const auto& choice) { return is_called(speaker, choice.first); });
  return found == options.voices.end() ? options.voice : found->second;
}

/// Where one person speaks alone, in order of time.
std::vector<const Segment*> solos(const Transcript& transcript, const Meters& meters) {
  std::vector<const Segment*> found;
  for (const Segment& segment : transcript.segments)
    if (!segment.overlapped && meters.contains(segment.speaker)) found.push_back(&segment);
  return found;
}

/// Reads on to a time, into the meter if there is one.
Result<bool> read_to(AudioSource& sound, std::int64_t& position, std::int64_t end, tts::PitchMeter* meter) {
  std::vector<float> block(kRecognitionRate);
  while (position < end) {
    const auto wanted = std::min<std::int64_t>(end - position, std::ssize(block));
    VAT_ASSIGN(const std::size_t count, sound.read(std::span(block).first(static_cast<std::size_t>(wanted))));
    if (count == 0) return false;
    position += static_cast<std::int64_t>(count);
    if (meter != nullptr) meter->push(std::span(block).first(count));
  }
  return true;
}

/// Listens until it knows them all, or to the end.
Result<> listen(AudioSource& sound, const Transcript& transcript, Meters& meters,
                const std::stop_token& stop) {
  std::int64_t position = 0;
  for (const Segment* const segment : solos(transcript, meters)) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "Speech was cancelled.");
    tts::PitchMeter& meter = meters.find(segment->speaker)->second;
    if (meter.has_enough()) continue;
    meter.restart();
    VAT_ASSIGN(const bool before, read_to(sound, position, time_to_samples(segment->start), nullptr));
    VAT_ASSIGN(const bool more, read_to(sound, position, time_to_samples(segment->end), &meter));
    if (!before || !more) break;
  }
  return {};
}

/// Only for those without a voice.
Result<> measure_pitches(const std::vector<Speaker>& speakers, const Transcript& transcript,
                         const OpenSound& open, std::vector<tts::Role>& roles, const std::stop_token& stop) {
  Meters meters;
  for (std::size_t i = 0; i < speakers.size(); ++i)
    if (roles[i].voice.empty()) meters.try_emplace(speakers[i].id);
  if (meters.empty() || !open) return {};
  const auto heard = [&]() -> Result<> {
    VAT_ASSIGN(const std::unique_ptr<AudioSource> sound, open());
    return listen(*sound, transcript, meters, stop);
  }();
  if (!heard && heard.error().code == ErrorCode::kCancelled) return heard;
  if (!heard) log(LogLevel::kInfo, "How high the speakers speak is not known: " + heard.error().message);
  for (std::size_t i = 0; i < speakers.size(); ++i)
    if (const auto found = meters.find(speakers[i].id); found != meters.end())
      roles[i].pitch = found->second.median();
  return {};
}

void note_strangers(const std::vector<Speaker>& speakers, const SpeechOptions& options,
                    const std::function<void(const std::string&)>& note) {
  for (const auto& [name, voice] : options.voices) {
    const auto called = [&, &wanted = name](const Speaker& speaker) { return is_called(speaker, wanted); };
    if (note && std::none_of(speakers.begin(), speakers.end(), called))
      note("Nobody called \"" + to_utf8(name) +
           "\" speaks in the recording, so the voice for that name is not used.");
  }
}

}  // namespace

std::string spoken_language(const Transcript& transcript) {
  if (transcript.task == "translate" || transcript.language.empty()) return "en";
  return transcript.language;
}

Result<Cast> cast_speakers(const Speech& speech, const Transcript& transcript, const SpeechOptions& options,
                           const OpenSound& open, const std::function<void(const std::string&)>& note,
                           std::stop_token stop) {
  const std::vector<Speaker> speakers = speaking(transcript);
  note_strangers(speakers, options, note);
  if (options.voices.empty() && (!options.voice.empty() || speakers.size() < 2)) return Cast();
  std::vector<tts::Role> roles;
  for (const Speaker& speaker : speakers)
    roles.push_back({.pitch = 0, .voice = chosen_voice(speaker, options)});
  VAT_TRY(measure_pitches(speakers, transcript, open, roles, stop));
  VAT_ASSIGN(const std::vector<std::string> voices,
             speech.cast(roles, spoken_language(transcript), options, stop));
  Cast cast;
  std::set<std::string> different;
  std::size_t found = 0;
  for (std::size_t i = 0; i < speakers.size(); ++i) {
    if (voices[i].empty()) continue;
    cast.emplace(speakers[i].id, voices[i]);
    if (roles[i].voice.empty()) {
      ++found;
      different.insert(voices[i]);
    }
  }
  if (note && different.size() < found) note("There are fewer voices than speakers, so that some share one.");
  return cast;
}

std::map<std::string, std::string> voices_by_label(const Transcript& transcript, const Cast& cast) {
  std::map<std::string, std::string> voices;
  for (const Speaker& speaker : transcript.speakers)
    if (const auto found = cast.find(speaker.id); found != cast.end())
      voices.emplace(speaker_label(speaker), found->second);
  return voices;
}

std::string speech_text(const Transcript& transcript, const Cast& cast) {
  const std::map<std::string, std::string> voices = voices_by_label(transcript, cast);
  std::string text;
  for (const subtitles::Paragraph& paragraph :
       subtitles::paragraphs(transcript, subtitles::WriteOptions().paragraph_pause)) {
    if (cast.empty()) {
      text += (text.empty() ? "" : "\n") + paragraph.text + '\n';
      continue;
    }
    const auto voice = voices.find(paragraph.speaker);
    const std::string words = "<p>" + escape_xml(paragraph.text) + "</p>";
    text += voice == voices.end()
                ? words + '\n'
                : "<voice name=\"" + escape_xml(voice->second) + "\">" + words + "</voice>\n";
  }
  return cast.empty() || text.empty() ? text : "<speak>\n" + text + "</speak>\n";
}

std::string describe_cast(const Transcript& transcript, const Cast& cast) {
  std::vector<std::string> parts;
  for (const Speaker& speaker : transcript.speakers) {
    const auto found = cast.find(speaker.id);
    if (found == cast.end()) continue;
    const std::string& voice = found->second;
    parts.push_back(voice.substr(voice.find(':') + 1) + " (" + speaker_label(speaker) + ")");
  }
  return join(parts, ", ");
}

}  // namespace vat::pipeline

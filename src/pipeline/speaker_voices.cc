#include "pipeline/speaker_voices.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "domain/speaker_edits.h"
#include "pipeline/speaker_pitches.h"
#include "subtitles/formats.h"

namespace vat::pipeline {
namespace {

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

/// Of those for whom a voice is to be found, from the recording as far as it is not known.
Result<> find_pitches(std::vector<Speaker>& speakers, const Transcript& transcript,
                      const SpeechOptions& options, const OpenSound& open, const std::stop_token& stop) {
  const auto is_wanted = [&](const Speaker& speaker) {
    return speaker.pitch == 0 && chosen_voice(speaker, options).empty();
  };
  if (!open || std::none_of(speakers.begin(), speakers.end(), is_wanted)) return {};
  const auto heard = [&]() -> Result<> {
    VAT_ASSIGN(const std::unique_ptr<AudioSource> sound, open());
    return hear_pitches(speakers, transcript, *sound, stop);
  }();
  if (!heard && heard.error().code == ErrorCode::kCancelled) return heard;
  if (!heard) log(LogLevel::kInfo, "How high the speakers speak is not known: " + heard.error().message);
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
  std::vector<Speaker> speakers = speaking(transcript);
  note_strangers(speakers, options, note);
  if (options.voices.empty() && (!options.voice.empty() || speakers.size() < 2)) return Cast();
  VAT_TRY(find_pitches(speakers, transcript, options, open, stop));
  std::vector<tts::Role> roles;
  for (const Speaker& speaker : speakers)
    roles.push_back({.pitch = speaker.pitch, .voice = chosen_voice(speaker, options)});
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

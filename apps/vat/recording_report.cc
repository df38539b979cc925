#include "recording_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "subtitles/cues.h"

namespace vat::app {
namespace {

std::string recognition_summary(const std::string& label, const Transcript& t) {
  std::string text =
      fmt::format("{}: {} in {} s", label, clock_text(t.duration), fmt::format("{:.1f}", t.timings.total));
  if (t.timings.total > 0) text += fmt::format(" ({:.1f}x)", to_seconds(t.duration) / t.timings.total);
  text += fmt::format(", transcribed by {}", recogniser_name(t));
  if (!t.language.empty()) text += ", language " + t.language;
  if (t.coverage && t.coverage->speech > Millis(0))
    text += fmt::format(", coverage {}%", 100 * t.coverage->with_words / t.coverage->speech);
  return text + ".";
}

void tell_problems(Console& console, const std::vector<subtitles::CueProblem>& problems) {
  constexpr std::size_t kShown = 3;
  for (std::size_t i = 0; i < std::min(kShown, problems.size()); ++i)
    console.note(subtitles::describe(problems[i]));
  if (problems.size() > kShown)
    console.note(counted(problems.size() - kShown, "more limit") +
                 " of the preset could not be met; the JSON result (-f json) lists all.");
}

}  // namespace

std::string recogniser_name(const Transcript& transcript) {
  const std::string& engine = transcript.engine;
  const std::string name = engine == "whisper"        ? "Whisper"
                           : engine == "pocketsphinx" ? "PocketSphinx"
                           : engine == "sherpa"       ? "sherpa-onnx with"
                                                      : engine;
  return name + " " + transcript.model;
}

void tell_report(Console& console, const std::string& label, const RecordingReport& report) {
  const Transcript& t = report.transcript;
  console.note(recognition_summary(label, t));
  const std::size_t removed = t.removed.silence_segments + t.removed.repetition_segments;
  if (removed > 0)
    console.note(fmt::format("{} that nobody said {} removed ({}).", counted(removed, "passage"),
                             removed == 1 ? "was" : "were", counted(t.removed.words, "word")));
  if (report.sounds_left_out > 0)
    console.note(report.sounds_left_out == 1 ? "One sound was left out of the text; --sounds includes it."
                                             : counted(report.sounds_left_out, "sound") +
                                                   " were left out of the text; --sounds includes them.");
  if (t.segments.empty()) console.note("No speech was found.");
  tell_problems(console, report.cue_problems);
  if (report.speech)
    console.note(fmt::format("Spoken by {}{}, {}.", report.speech->engine,
                             report.speech->voice.empty() ? "" : " " + report.speech->voice,
                             clock_text(report.speech->duration)));
  for (const std::filesystem::path& file : report.files) console.note("  " + file.string());
}

}  // namespace vat::app

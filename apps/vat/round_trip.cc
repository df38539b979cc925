#include "round_trip.h"

#include <fmt/format.h>

#include "asr/word_error_rate.h"
#include "model_progress.h"
#include "pipeline/stages.h"
#include "recording_report.h"

namespace vat::app {
namespace {

std::string sentence(const asr::WordErrors& errors, const Transcript& recognised) {
  return fmt::format(
      "Check: {:.1f} % word error rate, transcribed by {} ({}; {} wrong, {} missed, {} added).",
      errors.rate() * 100, recogniser_name(recognised), counted(errors.words, "word"), errors.substitutions,
      errors.deletions, errors.insertions);
}

}  // namespace

Result<std::string> check_round_trip(const pipeline::Resources& resources, const RoundTrip& trip,
                                     Console& console, const std::stop_token& stop) {
  pipeline::JobOptions options{.choice = trip.choice};
  options.recognition.language = trip.language.substr(0, trip.language.find('-'));
  const std::string label = "check of " + trip.speech.filename().string();
  ModelProgress models(console);
  const pipeline::Observer observer{
      .progress = [&](const Progress& progress) { console.progress(label, progress); },
      .note = {},
      .fetch = models.sink()};
  VAT_ASSIGN(pipeline::PreparedRecognition recognition,
             pipeline::prepare_recognition(resources, options, observer, stop));
  VAT_ASSIGN(const std::unique_ptr<AudioSource> sound,
             resources.media.open(trip.speech, {.track = 0, .stop = stop}));
  VAT_ASSIGN(const Transcript recognised, pipeline::transcribe(resources, *sound, std::move(recognition),
                                                               options, nullptr, observer, stop));
  return sentence(asr::count_word_errors(trip.text, recognised.text()), recognised);
}

}  // namespace vat::app

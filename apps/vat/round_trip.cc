#include "round_trip.h"

#include <fmt/format.h>

#include "asr/transcriber.h"
#include "asr/word_error_rate.h"
#include "media/audio_reader.h"

namespace vat::app {
namespace {

std::string sentence(const asr::WordErrors& errors, const Transcript& heard) {
  return fmt::format(
      "Check: {:.1f} % word error rate, transcribed by {} {} ({}; {} wrong, {} missed, {} added).",
      errors.rate() * 100, heard.engine, heard.model, counted(errors.words, "word"), errors.substitutions,
      errors.deletions, errors.insertions);
}

}  // namespace

Result<std::string> check_round_trip(Services& services, const RoundTrip& trip, Console& console,
                                     const std::stop_token& stop) {
  RecognitionOptions options;
  options.language = trip.language.substr(0, trip.language.find('-'));
  const auto fetch = [&](const std::string& model, std::uint64_t done, std::uint64_t total) {
    console.download("model " + model, done, total);
  };
  VAT_ASSIGN(const pipeline::LoadedEngine engine, services.engines().load(trip.choice, options, fetch, stop));
  VAT_ASSIGN(const std::unique_ptr<SpeechDetector> detector, services.engines().detector(trip.choice));
  VAT_ASSIGN(const std::unique_ptr<media::AudioReader> reader,
             media::AudioReader::open(trip.speech, {.track = 0, .stop = stop}));
  const std::string label = "check of " + trip.speech.filename().string();
  const asr::TranscriptionRequest request{
      .source = *reader,
      .detector = *detector,
      .model = engine.model,
      .options = options,
      .progress = [&](const Progress& progress) { console.progress(label, progress); }};
  VAT_ASSIGN(const Transcript heard, asr::transcribe(services.pool(), request, stop));
  return sentence(asr::count_word_errors(trip.text, heard.text()), heard);
}

}  // namespace vat::app

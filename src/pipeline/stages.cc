#include "pipeline/stages.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "asr/transcriber.h"
#include "media/audio_reader.h"
#include "media/mux.h"
#include "subtitles/formats.h"
#include "tts/sentences.h"

namespace vat::pipeline {
namespace {

namespace fs = std::filesystem;

void note(const Reporter& reporter, const std::string& sentence) {
  if (reporter.note) reporter.note(sentence);
}

std::string checkpoint_identity(const JobOptions& options, const RecognitionModel& model) {
  const RecognitionOptions& r = options.recognition;
  std::string identity;
  for (const std::string& part :
       {std::to_string(options.track), model.engine(), model.version(), model.fingerprint(), r.language,
        r.prompt, std::to_string(r.translate), std::to_string(r.carry_text), std::to_string(r.beam_size),
        std::to_string(r.best_of), std::to_string(r.temperature), std::to_string(r.temperature_step),
        std::to_string(r.word_times), std::to_string(r.short_context), options.choice.detector})
    identity += '\n' + part;
  return identity;
}

/// What the recording is spoken in.
std::string spoken_language(const Transcript& transcript) {
  if (transcript.task == "translate" || transcript.language.empty()) return "en";
  return transcript.language;
}

Result<> mux_dub(const fs::path& input, const media::MuxAdditions& additions, const DubTarget& target,
                 const Reporter& reporter, const std::stop_token& stop) {
  if (reporter.progress) reporter.progress({.stage = Stage::kMux, .fraction = 0});
  VAT_ASSIGN(AtomicFile file, AtomicFile::create(target.path, target.overwrite));
  VAT_ASSIGN(const media::MuxResult result, media::mux(input, additions, file.temporary_path(), stop));
  VAT_TRY(file.commit());
  for (const std::string& warning : result.warnings) note(reporter, warning);
  return {};
}

}  // namespace

Result<Transcript> transcribe_recording(const Workshop& workshop, const fs::path& input,
                                        const JobOptions& options, const OpenCheckpoint& open_checkpoint,
                                        const Reporter& reporter, std::stop_token stop) {
  const media::ReaderOptions reader_options{.track = options.track, .stop = stop};
  VAT_ASSIGN(const std::unique_ptr<media::AudioReader> reader,
             input == "-" ? media::AudioReader::open_stream(STDIN_FILENO, "standard input", reader_options)
                          : media::AudioReader::open(input, reader_options));
  VAT_ASSIGN(LoadedEngine engine,
             workshop.engines.load(options.choice, options.recognition, reporter.fetch, stop));
  for (const std::string& notice : engine.notices) note(reporter, notice);
  VAT_ASSIGN(const std::unique_ptr<SpeechDetector> detector, workshop.engines.detector(options.choice));
  if (reporter.facts)
    reporter.facts({engine.model->engine(), engine.model->name(), reader->duration().value_or(Millis(0))});

  CheckpointStore* checkpoint = nullptr;
  if (open_checkpoint) {
    VAT_ASSIGN(checkpoint, open_checkpoint(checkpoint_identity(options, *engine.model)));
  }
  const asr::TranscriptionRequest request{.source = *reader,
                                          .detector = *detector,
                                          .model = engine.model,
                                          .options = options.recognition,
                                          .checkpoint = checkpoint,
                                          .progress = reporter.progress};
  VAT_ASSIGN(Transcript transcript, asr::transcribe(workshop.pool, request, std::move(stop)));
  for (const std::string& warning : transcript.warnings) note(reporter, warning);
  std::move(engine.notices.begin(), engine.notices.end(), std::back_inserter(transcript.warnings));
  return transcript;
}

Result<std::optional<tts::NarrationReport>> speak_transcript(const Workshop& workshop,
                                                             const Transcript& transcript,
                                                             const SpeechOptions& options,
                                                             const SpeechTarget& target,
                                                             const Reporter& reporter, std::stop_token stop) {
  std::string text;
  for (const subtitles::Paragraph& paragraph : subtitles::paragraphs(transcript, Millis(2000)))
    text += paragraph.text + "\n\n";
  if (!tts::is_speakable(text)) {
    note(reporter, "There are no words to speak.");
    return std::optional<tts::NarrationReport>();
  }
  VAT_ASSIGN(tts::NarrationReport report, workshop.speech.speak(text, spoken_language(transcript), options,
                                                                target, reporter.progress, std::move(stop)));
  for (const std::string& warning : report.warnings) note(reporter, warning);
  return std::make_optional(std::move(report));
}

Result<bool> dub_recording(const Workshop& workshop, const fs::path& input, const Transcript& transcript,
                           const subtitles::ShapedCues& cues, const SpeechOptions& options,
                           const DubTarget& target, const Reporter& reporter, std::stop_token stop) {
  std::vector<tts::TimedText> texts;
  for (const Segment& segment : transcript.segments)
    texts.push_back({segment.start, segment.end, segment.text});
  const auto has_words = [](const tts::TimedText& text) { return tts::is_speakable(text.text); };
  if (std::none_of(texts.begin(), texts.end(), has_words)) {
    note(reporter, "There is nothing to dub.");
    return false;
  }
  SpeechOptions spoken = options;
  // WebM carries Opus only, and the others play AAC everywhere.
  spoken.format = target.extension == "webm" ? media::AudioFormat::kOpus : media::AudioFormat::kM4a;
  const SpeechTarget speech{.path = target.scratch / "speech", .overwrite = Overwrite::kReplace};
  const std::string language = spoken_language(transcript);
  VAT_ASSIGN(const tts::TimedReport report,
             workshop.speech.speak_timed(std::move(texts), transcript.duration, language, spoken, speech,
                                         reporter.progress, stop));
  for (const std::string& warning : report.warnings) note(reporter, warning);
  if (!report.overruns.empty())
    note(reporter, std::to_string(report.overruns.size()) +
                       " passages of the dub are longer than the original's and shift what follows.");
  const fs::path subtitles_file = target.scratch / "subtitles.srt";
  VAT_TRY(write_file_atomically(subtitles_file, subtitles::write_srt(cues.cues), Overwrite::kReplace));
  const media::MuxAdditions additions{.audio = speech.path,
                                      .audio_language = language,
                                      .audio_title = "Dub",
                                      .subtitles = subtitles_file,
                                      .subtitles_language = language};
  VAT_TRY(mux_dub(input, additions, target, reporter, stop));
  return true;
}

}  // namespace vat::pipeline

#include "pipeline/recording.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "asr/transcriber.h"
#include "media/audio_reader.h"
#include "media/mux.h"
#include "pipeline/checkpoint_file.h"
#include "tts/sentences.h"

namespace vat::pipeline {
namespace {

namespace fs = std::filesystem;

/// Everything that a chunk's text depends on beyond its sound.
std::string checkpoint_identity(const fs::path& input, const JobOptions& options,
                                const RecognitionModel& model) {
  std::error_code ignored;
  const RecognitionOptions& r = options.recognition;
  std::string identity = fs::weakly_canonical(input, ignored).string();
  for (const std::string& part :
       {std::to_string(options.track), model.engine(), model.version(), model.fingerprint(), r.language,
        r.prompt, std::to_string(r.translate), std::to_string(r.carry_text), std::to_string(r.beam_size),
        std::to_string(r.best_of), std::to_string(r.temperature), std::to_string(r.temperature_step),
        std::to_string(r.word_times), std::to_string(r.short_context), options.choice.detector})
    identity += '\n' + part;
  return identity;
}

/// One recording on its way. Each method is one stage.
class Recording {
 public:
  Recording(const Workshop& workshop, const fs::path& input, const JobOptions& options,
            const ResultPlan& plan, std::string dub_extension, const Reporter& reporter, std::stop_token stop)
      : workshop_(workshop),
        input_(input),
        options_(options),
        plan_(plan),
        dub_extension_(std::move(dub_extension)),
        reporter_(reporter),
        stop_(std::move(stop)) {}

  [[nodiscard]] Result<RecordingReport> run(bool resume) {
    VAT_TRY(transcribe(resume));
    VAT_TRY(write_results());
    // From here on a failure leaves the transcript, and is reported beside it.
    for (const auto stage : {&Recording::speak, &Recording::dub}) {
      if (auto done = (this->*stage)(); !done) {
        if (done.error().code == ErrorCode::kCancelled) return fail(std::move(done).error());
        report_.failure = std::move(done).error();
        break;
      }
    }
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool from_stdin() const { return input_ == "-"; }
  void note(const std::string& sentence) {
    if (reporter_.note) reporter_.note(sentence);
  }

  [[nodiscard]] Result<> transcribe(bool resume) {
    const media::ReaderOptions reader_options{.track = options_.track, .stop = stop_};
    VAT_ASSIGN(const std::unique_ptr<media::AudioReader> reader,
               from_stdin() ? media::AudioReader::open_stream(STDIN_FILENO, "standard input", reader_options)
                            : media::AudioReader::open(input_, reader_options));
    VAT_ASSIGN(LoadedEngine engine,
               workshop_.engines.load(options_.choice, options_.recognition, reporter_.fetch, stop_));
    for (const std::string& notice : engine.notices) note(notice);
    VAT_ASSIGN(const std::unique_ptr<SpeechDetector> detector, workshop_.engines.detector(options_.choice));

    std::unique_ptr<CheckpointFile> checkpoint;
    if (!workshop_.checkpoints.empty() && !from_stdin()) {
      VAT_ASSIGN(checkpoint,
                 CheckpointFile::open(workshop_.checkpoints,
                                      checkpoint_identity(input_, options_, *engine.model), resume));
      report_.resumed_chunks = checkpoint->found();
      if (checkpoint->found() > 0)
        note("Goes on after " + std::to_string(checkpoint->found()) +
             (checkpoint->found() == 1 ? " chunk" : " chunks") +
             " of an earlier run (--no-resume begins anew).");
    }
    const asr::TranscriptionRequest request{.source = *reader,
                                            .detector = *detector,
                                            .model = engine.model,
                                            .options = options_.recognition,
                                            .checkpoint = checkpoint.get(),
                                            .progress = reporter_.progress};
    VAT_ASSIGN(report_.transcript, asr::transcribe(workshop_.pool, request, stop_));
    for (const std::string& warning : report_.transcript.warnings) note(warning);
    std::move(engine.notices.begin(), engine.notices.end(), std::back_inserter(report_.transcript.warnings));
    checkpoint_ = std::move(checkpoint);
    return {};
  }

  [[nodiscard]] Result<> write_results() {
    VAT_ASSIGN(cues_, shape_cues(report_.transcript, options_));
    report_.cue_problems = cues_.problems.size();
    VAT_ASSIGN(report_.files, write_transcript(report_.transcript, cues_, plan_, options_));
    // Only now the chunks are no longer needed.
    if (checkpoint_) checkpoint_->discard();
    return {};
  }

  /// What the recording is spoken in.
  [[nodiscard]] std::string spoken_language() const {
    if (report_.transcript.task == "translate" || report_.transcript.language.empty()) return "en";
    return report_.transcript.language;
  }

  [[nodiscard]] Result<> speak() {
    if (!options_.speech) return {};
    std::string text;
    for (const subtitles::Paragraph& paragraph : subtitles::paragraphs(report_.transcript, Millis(2000)))
      text += paragraph.text + "\n\n";
    if (!tts::is_speakable(text)) {
      note("There are no words to speak.");
      return {};
    }
    SpeechTarget target{
        .path = plan_.speech(options_.spoken.format), .overwrite = plan_.overwrite, .title = plan_.stem};
    VAT_ASSIGN(report_.speech, workshop_.speech.speak(text, spoken_language(), options_.spoken, target,
                                                      reporter_.progress, stop_));
    for (const std::string& warning : report_.speech->warnings) note(warning);
    report_.files.push_back(std::move(target.path));
    return {};
  }

  [[nodiscard]] Result<> dub() {
    if (!options_.dub) return {};
    VAT_ASSIGN(const TemporaryDirectory scratch, TemporaryDirectory::create());
    std::vector<tts::TimedText> texts;
    for (const Segment& segment : report_.transcript.segments)
      texts.push_back({segment.start, segment.end, segment.text});
    const auto has_words = [](const tts::TimedText& text) { return tts::is_speakable(text.text); };
    if (std::none_of(texts.begin(), texts.end(), has_words)) {
      note("There is nothing to dub.");
      return {};
    }
    SpeechOptions spoken = options_.spoken;
    // WebM carries Opus only, and the others play AAC everywhere.
    spoken.format = dub_extension_ == "webm" ? media::AudioFormat::kOpus : media::AudioFormat::kM4a;
    const SpeechTarget target{.path = scratch.path() / "speech", .overwrite = Overwrite::kReplace};
    VAT_ASSIGN(const tts::TimedReport report,
               workshop_.speech.speak_timed(std::move(texts), report_.transcript.duration, spoken_language(),
                                            spoken, target, reporter_.progress, stop_));
    for (const std::string& warning : report.warnings) note(warning);
    if (!report.overruns.empty())
      note(std::to_string(report.overruns.size()) +
           " passages of the dub are longer than the original's and shift what follows.");
    return mux(target.path, scratch.path());
  }

  [[nodiscard]] Result<> mux(const fs::path& speech, const fs::path& scratch) {
    const fs::path subtitles_file = scratch / "subtitles.srt";
    VAT_TRY(write_file_atomically(subtitles_file, subtitles::write_srt(cues_.cues), Overwrite::kReplace));
    if (reporter_.progress) reporter_.progress({.stage = Stage::kMux, .fraction = 0});
    const media::MuxAdditions additions{.audio = speech,
                                        .audio_language = spoken_language(),
                                        .audio_title = "Dub",
                                        .subtitles = subtitles_file,
                                        .subtitles_language = spoken_language()};
    fs::path path = plan_.dub(dub_extension_);
    VAT_ASSIGN(AtomicFile file, AtomicFile::create(path, plan_.overwrite));
    VAT_ASSIGN(const media::MuxResult result, media::mux(input_, additions, file.temporary_path(), stop_));
    VAT_TRY(file.commit());
    for (const std::string& warning : result.warnings) note(warning);
    report_.files.push_back(std::move(path));
    return {};
  }

  const Workshop& workshop_;
  const fs::path& input_;
  const JobOptions& options_;
  const ResultPlan& plan_;
  std::string dub_extension_;
  const Reporter& reporter_;
  std::stop_token stop_;
  RecordingReport report_;
  subtitles::ShapedCues cues_;
  std::unique_ptr<CheckpointFile> checkpoint_;
};

}  // namespace

Result<RecordingReport> process_recording(const Workshop& workshop, const fs::path& input,
                                          const JobOptions& options, const ResultPlan& plan, bool resume,
                                          const Reporter& reporter, std::stop_token stop) {
  if (plan.to_stdout && options.formats.size() != 1) {
    return fail(ErrorCode::kInvalidArgument, "Standard output takes one format; choose it with --format.");
  }
  VAT_ASSIGN(std::string dub, dub_extension(options, input));
  VAT_TRY(check_free(plan, planned_files(plan, options, dub)));
  return Recording(workshop, input, options, plan, std::move(dub), reporter, std::move(stop)).run(resume);
}

}  // namespace vat::pipeline

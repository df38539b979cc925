#include "pipeline/recording.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "pipeline/checkpoint_file.h"
#include "subtitles/formats.h"

namespace vat::pipeline {
namespace {

namespace fs = std::filesystem;

/// Whether the format is made of cues, or tells of them.
bool shows_cues(subtitles::Format format) {
  using enum subtitles::Format;
  return format == kSrt || format == kVtt || format == kLrc || format == kJson;
}

/// The text on stdout, as soon as it is certain. Used by one thread at a time.
class LiveText {
 public:
  void add(const Segment& segment) { write(stream_.add(segment)); }
  /// Ends the last line.
  void finish() { write(stream_.finish()); }
  /// That of the first write that failed, after which nothing is written.
  [[nodiscard]] const Result<>& outcome() const { return written_; }
  [[nodiscard]] bool begun() const { return begun_; }

 private:
  void write(const std::string& text) {
    if (!written_ || text.empty()) return;
    begun_ = true;
    written_ = write_all(STDOUT_FILENO, text, "standard output");
  }

  subtitles::TextStream stream_;
  bool begun_ = false;
  Result<> written_;
};

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
        outer_stop_(std::move(stop)),
        stop_(stopping_.get_token()),
        forward_(outer_stop_, [this] { stopping_.request_stop(); }) {
    if (plan_.to_stdout && options_.formats.front() == subtitles::Format::kTxt) make_live(reporter);
  }

  [[nodiscard]] Result<RecordingReport> run(bool resume) {
    const auto open = [&](const std::string& identity) { return open_checkpoint(identity, resume); };
    auto transcript = transcribe_recording(workshop_, input_, options_, open, reporter_, stop_);
    if (live_) VAT_TRY(finish_live());
    if (!transcript) return fail(std::move(transcript).error());
    report_.transcript = std::move(*transcript);
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
  void make_live(const Reporter& told) {
    live_.emplace();
    reporter_.progress = [this, progress = told.progress](const Progress& step) {
      if (progress) progress(step);
      if (step.segment == nullptr) return;
      live_->add(*step.segment);
      if (!live_->outcome()) stopping_.request_stop();
    };
    // On a terminal, a note in the middle of a line of text would be read as a part of it.
    reporter_.note = [this, note = told.note](const std::string& sentence) {
      if (live_->begun())
        late_notes_.push_back(sentence);
      else if (note)
        note(sentence);
    };
    tell_late_ = told.note;
  }

  /// Also when the recognition failed, so that its error begins a line.
  [[nodiscard]] Result<> finish_live() {
    live_->finish();
    for (const std::string& note : late_notes_) {
      if (tell_late_) tell_late_(note);
    }
    return live_->outcome();
  }

  [[nodiscard]] Result<CheckpointStore*> open_checkpoint(const std::string& identity, bool resume) {
    if (workshop_.checkpoints.empty() || input_ == "-") return nullptr;
    std::error_code ignored;
    const std::string path = fs::weakly_canonical(input_, ignored).string();
    VAT_ASSIGN(checkpoint_, CheckpointFile::open(workshop_.checkpoints, path + identity, resume));
    report_.resumed_chunks = checkpoint_->found();
    if (checkpoint_->found() > 0 && reporter_.note)
      reporter_.note("Goes on after " + std::to_string(checkpoint_->found()) +
                     (checkpoint_->found() == 1 ? " chunk" : " chunks") +
                     " of an earlier run (--no-resume begins anew).");
    return checkpoint_.get();
  }

  [[nodiscard]] Result<> write_results() {
    VAT_ASSIGN(cues_, shape_cues(report_.transcript, options_));
    const bool shown = std::any_of(options_.formats.begin(), options_.formats.end(), shows_cues);
    if (shown || options_.dub) report_.cue_problems = cues_.problems;
    if (!live_) {
      VAT_ASSIGN(report_.files, write_transcript(report_.transcript, cues_, plan_, options_));
    }
    // Only now the chunks are no longer needed.
    if (checkpoint_) checkpoint_->discard();
    return {};
  }

  [[nodiscard]] Result<> speak() {
    if (!options_.speech) return {};
    SpeechTarget target{
        .path = plan_.speech(options_.spoken.format), .overwrite = plan_.overwrite, .title = plan_.stem};
    VAT_ASSIGN(report_.speech,
               speak_transcript(workshop_, report_.transcript, options_.spoken, target, reporter_, stop_));
    if (report_.speech) report_.files.push_back(std::move(target.path));
    return {};
  }

  [[nodiscard]] Result<> dub() {
    if (!options_.dub) return {};
    VAT_ASSIGN(const TemporaryDirectory scratch, TemporaryDirectory::create());
    DubTarget target{.path = plan_.dub(dub_extension_),
                     .overwrite = plan_.overwrite,
                     .extension = dub_extension_,
                     .scratch = scratch.path()};
    VAT_ASSIGN(const bool made, dub_recording(workshop_, input_, report_.transcript, cues_, options_.spoken,
                                              target, reporter_, stop_));
    if (made) report_.files.push_back(std::move(target.path));
    return {};
  }

  const Workshop& workshop_;
  const fs::path& input_;
  const JobOptions& options_;
  const ResultPlan& plan_;
  std::string dub_extension_;
  Reporter reporter_;
  std::optional<LiveText> live_;
  std::vector<std::string> late_notes_;
  std::function<void(const std::string&)> tell_late_;
  std::stop_source stopping_;
  std::stop_token outer_stop_;
  std::stop_token stop_;
  std::stop_callback<std::function<void()>> forward_;
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

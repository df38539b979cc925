// vat process and vat transcribe: recordings in, transcript, subtitles and speech out.
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "command.h"
#include "flags.h"
#include "inputs.h"
#include "pipeline/recording.h"
#include "round_trip.h"
#include "services.h"
#include "subtitles/cues.h"
#include "tts/engines.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr int kSomeFailed = 1;

constexpr const char* kProcessExamples =
    "Examples:\n"
    "  vat process talk.mp4                     talk.txt .srt .vtt .json .speech.mp3\n"
    "  vat process lectures -o out              a folder of recordings\n"
    "  vat process film.mkv --dub --voice rms   also film.dub.mkv, spoken by rms\n"
    "  vat process lectures --skip-existing     those that are not done yet\n"
    "\n"
    "Repeat the command to resume an interrupted run.";

constexpr const char* kTranscribeExamples =
    "Examples:\n"
    "  vat transcribe talk.mp4                   talk.txt .srt .vtt .json\n"
    "  vat transcribe talk.mp4 -o -              the text on standard output\n"
    "  vat transcribe talk.mp4 -o talk.srt       one file\n"
    "  vat transcribe talks -f srt -o subtitles  a folder of recordings\n"
    "  curl URL | vat transcribe - -o -          from a pipe\n"
    "\n"
    "Repeat the command to resume an interrupted run.";

enum class Kind { kProcess, kTranscribe };

/// The outcome of one input.
enum class Outcome { kDone, kPassedOver, kFailed };

class ProcessCommand : public Command {
 public:
  ProcessCommand(CLI::App& app, Kind kind) : kind_(kind) {
    const bool process = kind == Kind::kProcess;
    command_ = app.add_subcommand(process ? "process" : "transcribe",
                                  process ? "Transcript, subtitles and speech of recordings"
                                          : "Transcript and subtitles of recordings");
    command_
        ->add_option("input", inputs_,
                     "Files, folders (the media files in and below them), or - for standard input")
        ->required()
        ->configurable(false);
    add_output_flags(*command_, output_,
                     process ? "Folder for the results (default: next to the input)"
                             : "Folder for the results (default: next to the input), a file such as "
                               "talk.srt, or - for standard output");
    add_batch_flags(*command_, output_);
    add_result_flags(*command_, job_);
    add_recognition_flags(*command_, job_);
    if (process) {
      command_->add_flag("--no-speech", job_.no_speech, "Make no speech")->group("Speech");
      command_
          ->add_flag("--dub", job_.job.dub,
                     "A copy of the video with two more tracks: the speech in the original's timing, and the "
                     "subtitles")
          ->group("Speech");
      add_check_flag(*command_, check_);
      add_speech_flags(*command_, job_);
      add_service_flags(*command_, services_flags_);
    }
    add_common_flags(*command_, common_);
    command_->footer(process ? kProcessExamples : kTranscribeExamples);
  }

  [[nodiscard]] bool chosen() const override { return command_->parsed(); }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    if (kind_ == Kind::kTranscribe) job_.no_speech = true;
    VAT_TRY(take_format_from_name());
    if (to_stdout() && job_.formats.empty()) job_.formats = {"txt"};
    VAT_ASSIGN(const pipeline::JobOptions options, to_job_options(job_));
    VAT_ASSIGN(std::vector<Input> inputs,
               expand_inputs(inputs_, to_stdout() ? "" : fs::path(output_.output)));
    VAT_TRY(check_output(inputs, options));
    console_ = make_console(common_);
    services_ = std::make_unique<Services>(common_);
    tts::Engines voices;
    if (options.speech || options.dub) {
      VAT_ASSIGN(voices, services_->speech_engines(services_flags_));
      VAT_TRY(check_voice(voices, options, stop));
    }
    const pipeline::Speech speech(std::move(voices), cache_directory() / "speech");
    const pipeline::Workshop workshop{services_->pool(), services_->engines(), speech,
                                      cache_directory() / "checkpoints"};
    return run_batch(workshop, options, inputs, stop);
  }

 private:
  [[nodiscard]] bool to_stdout() const { return output_.output == "-"; }

  /// -o talk.srt means one file in that format.
  [[nodiscard]] Result<> take_format_from_name() {
    const fs::path output = output_.output;
    std::error_code ignored;
    const std::string extension = fold_case(output.extension().string());
    if (to_stdout() || extension.size() < 2 || fs::is_directory(output, ignored)) return {};
    const auto format = subtitles::parse_format(extension.substr(1));
    if (!format && !media::parse_audio_format(extension)) return {};
    if (kind_ == Kind::kProcess) {
      return fail(
          ErrorCode::kInvalidArgument,
          "vat process writes several files, so --output must be a folder; for a single file use `vat "
          "transcribe -o talk.srt` or `vat speak -o talk.mp3`.");
    }
    if (!format) {
      return fail(ErrorCode::kInvalidArgument, output.string() +
                                                   " is an audio file, but a transcript is text; name a file "
                                                   "such as talk.srt, or a folder.");
    }
    const std::string name(subtitles::format_name(*format));
    if (!job_.formats.empty() && job_.formats != std::vector<std::string>{name}) {
      return fail(ErrorCode::kInvalidArgument, output.string() +
                                                   " already sets the format; leave out --format or name a "
                                                   "folder.");
    }
    job_.formats = {name};
    single_file_ = output;
    return {};
  }

  [[nodiscard]] Result<> check_output(std::vector<Input>& inputs, const pipeline::JobOptions& options) const {
    if (!single_file_.empty()) {
      if (inputs.size() > 1)
        return fail(ErrorCode::kInvalidArgument,
                    "One file cannot hold the results of several inputs; name a folder with --output.");
      inputs.front().stem = single_file_.stem().string();
      inputs.front().folder = single_file_.parent_path();
    }
    if (!to_stdout()) {
      std::set<fs::path> folders;
      for (const Input& input : inputs) {
        if (folders.insert(input.folder).second) VAT_TRY(check_writable(input.folder));
      }
      return {};
    }
    if (options.speech || options.dub) {
      return fail(ErrorCode::kInvalidArgument,
                  "Standard output can take only one result; use `vat transcribe -o -` for the text or `vat "
                  "speak -o -` for speech.");
    }
    const bool only_txt = options.formats.size() == 1 && options.formats.front() == subtitles::Format::kTxt;
    if (inputs.size() > 1 && !only_txt)
      return fail(ErrorCode::kInvalidArgument,
                  "Several inputs can go to standard output only as txt; name a folder with --output.");
    return {};
  }

  /// Reports an invalid voice before an hour of recognition. Services that do not answer now are tried again
  /// when they are needed.
  [[nodiscard]] static Result<> check_voice(const tts::Engines& engines, const pipeline::JobOptions& options,
                                            const std::stop_token& stop) {
    const std::string& language = options.recognition.language;
    const auto order =
        tts::order_engines(engines, options.spoken.engine, language == "auto" ? "en" : language);
    if (!order && order.error().code == ErrorCode::kNotFound) return fail(order.error());
    const auto voice = tts::resolve_voice(engines, options.spoken.voice, stop);
    if (!voice && voice.error().code == ErrorCode::kNotFound) return fail(voice.error());
    return {};
  }

  [[nodiscard]] pipeline::ResultPlan plan_for(const Input& input) const {
    return {.folder = input.folder,
            .stem = input.stem,
            .overwrite = output_.force ? Overwrite::kReplace : Overwrite::kRefuse,
            .to_stdout = to_stdout()};
  }

  [[nodiscard]] Result<int> run_batch(const pipeline::Workshop& workshop, const pipeline::JobOptions& options,
                                      const std::vector<Input>& inputs, const std::stop_token& stop) {
    std::map<Outcome, int> outcomes;
    std::set<int> codes;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      Result<Outcome> outcome = run_one(workshop, options, inputs[i], stop);
      if (!outcome && outcome.error().code == ErrorCode::kCancelled)
        return fail(ErrorCode::kCancelled, how_to_resume(inputs[i], inputs.size()));
      if (!outcome && (inputs.size() == 1 || outcome.error().code == ErrorCode::kBrokenPipe))
        return fail(std::move(outcome).error());
      if (outcome) {
        ++outcomes[*outcome];
        continue;
      }
      console_->error(outcome.error());
      codes.insert(traits(outcome.error().code).exit_code);
      ++outcomes[Outcome::kFailed];
    }
    if (inputs.size() > 1) summarise(outcomes);
    if (inputs.size() == 1 && outcomes[Outcome::kPassedOver] == 1)
      console_->note("The results already exist.");
    if (outcomes[Outcome::kFailed] == 0) return 0;
    const bool all_alike =
        codes.size() == 1 && outcomes[Outcome::kDone] + outcomes[Outcome::kPassedOver] == 0;
    return all_alike ? *codes.begin() : kSomeFailed;
  }

  [[nodiscard]] std::string how_to_resume(const Input& input, std::size_t inputs) const {
    if (input.is_stdin()) return "Stopped.";
    if (to_stdout() || inputs == 1) return "Stopped; repeat the command to resume.";
    return "Stopped; repeat the command with --skip-existing to resume.";
  }

  void summarise(std::map<Outcome, int>& outcomes) {
    std::string text = fmt::format("{} done", outcomes[Outcome::kDone]);
    if (outcomes[Outcome::kPassedOver] > 0)
      text += fmt::format(", {} already there", outcomes[Outcome::kPassedOver]);
    if (outcomes[Outcome::kFailed] > 0) text += fmt::format(", {} failed", outcomes[Outcome::kFailed]);
    console_->note(text + ".");
  }

  [[nodiscard]] Result<Outcome> run_one(const pipeline::Workshop& workshop, const pipeline::JobOptions& all,
                                        const Input& input, const std::stop_token& stop) {
    const pipeline::ResultPlan plan = plan_for(input);
    const std::string label = input.is_stdin() ? "standard input" : input.path.filename().string();
    VAT_TRY(check_input_is_kept(plan, all, input));
    text_begun_ = false;
    const pipeline::JobOptions wanted = output_.skip_existing ? missing_results(plan, all, input) : all;
    if (wanted.formats.empty() && !wanted.speech && !wanted.dub) return Outcome::kPassedOver;
    const pipeline::Reporter reporter{
        .progress = [&](const Progress& progress) { show(label, progress); },
        .note = [&](const std::string& sentence) { tell_once(sentence); },
        .fetch = [&](const std::string& model, std::uint64_t done,
                     std::uint64_t total) { console_->download("model " + model, done, total); }};
    auto report =
        pipeline::process_recording(workshop, input.path, wanted, plan, !output_.no_resume, reporter, stop);
    console_->clear_line();
    if (!report) return fail(std::move(report).error());
    tell(label, *report);
    if (report->failure) {
      return fail(
          std::move(*report->failure).with_context(label + " has its transcript, but the speech failed"));
    }
    if (check_ && report->speech) VAT_TRY(check(*report, plan, wanted, stop));
    return Outcome::kDone;
  }

  [[nodiscard]] Result<> check(const pipeline::RecordingReport& report, const pipeline::ResultPlan& plan,
                               const pipeline::JobOptions& options, const std::stop_token& stop) {
    const Transcript& t = report.transcript;
    const bool english = t.language.empty() || t.task == "translate";
    const RoundTrip trip{.text = t.text(),
                         .language = english ? "en" : t.language,
                         .speech = plan.speech(options.spoken.format),
                         .choice = options.choice};
    VAT_ASSIGN(const std::string sentence, check_round_trip(*services_, trip, *console_, stop));
    console_->note(sentence);
    return {};
  }

  /// An input talk.txt must not be replaced by its transcript talk.txt.
  [[nodiscard]] static Result<> check_input_is_kept(const pipeline::ResultPlan& plan,
                                                    const pipeline::JobOptions& options, const Input& input) {
    for (const fs::path& file : pipeline::planned_files(plan, options, "")) {
      std::error_code ignored;
      if (!input.is_stdin() && fs::equivalent(file, input.path, ignored)) {
        return fail(ErrorCode::kInvalidArgument, input.path.string() +
                                                     " would be replaced by its own result; name another "
                                                     "folder with --output.");
      }
    }
    return {};
  }

  /// The job without the existing results.
  [[nodiscard]] static pipeline::JobOptions missing_results(const pipeline::ResultPlan& plan,
                                                            pipeline::JobOptions options,
                                                            const Input& input) {
    if (plan.to_stdout) return options;
    const auto there = [](const fs::path& file) {
      std::error_code ignored;
      return fs::exists(file, ignored);
    };
    // A recording without words has no speech.
    std::error_code error;
    const auto text_bytes = fs::file_size(plan.transcript(subtitles::Format::kTxt), error);
    const bool silent = !error && text_bytes == 0;
    std::erase_if(options.formats,
                  [&](const subtitles::Format format) { return there(plan.transcript(format)); });
    if (silent || there(plan.speech(options.spoken.format))) options.speech = false;
    if (options.dub) {
      const auto extension = pipeline::dub_extension(options, input.path);
      if (silent || (extension && there(plan.dub(*extension)))) options.dub = false;
    }
    return options;
  }

  /// Text on the same terminal shows the progress itself, and a progress line would be in its way.
  void show(const std::string& label, const Progress& progress) {
    if (to_stdout() && console_->is_terminal() && ::isatty(STDOUT_FILENO) != 0) {
      if (progress.segment != nullptr) text_begun_ = true;
      if (text_begun_) return console_->clear_line();
    }
    console_->progress(label, progress);
  }

  /// A note on the whole batch is printed once, not for every file.
  void tell_once(const std::string& sentence) {
    if (told_.insert(sentence).second) console_->note(sentence);
  }

  void tell_problems(const std::vector<subtitles::CueProblem>& problems) {
    constexpr std::size_t kShown = 3;
    for (std::size_t i = 0; i < std::min(kShown, problems.size()); ++i)
      console_->note(subtitles::describe(problems[i]));
    if (problems.size() > kShown)
      console_->note(counted(problems.size() - kShown, "more limit") +
                     " of the preset could not be met; the JSON result (-f json) lists all.");
  }

  void tell(const std::string& label, const pipeline::RecordingReport& report) {
    const Transcript& t = report.transcript;
    std::string text = fmt::format("{}: {} in {} s", label, clock_text(to_seconds(t.duration)),
                                   fmt::format("{:.1f}", t.timings.total));
    if (t.timings.total > 0) text += fmt::format(" ({:.1f}x)", to_seconds(t.duration) / t.timings.total);
    text += fmt::format(", transcribed by {} {}", t.engine, t.model);
    if (!t.language.empty()) text += ", language " + t.language;
    console_->note(text + ".");
    const std::size_t removed = t.removed.silence_segments + t.removed.repetition_segments;
    if (removed > 0)
      console_->note(fmt::format("{} that nobody said {} removed ({}).", counted(removed, "passage"),
                                 removed == 1 ? "was" : "were", counted(t.removed.words, "word")));
    if (t.segments.empty()) console_->note("No speech was found.");
    tell_problems(report.cue_problems);
    if (report.speech)
      console_->note(fmt::format("Spoken by {}, {}.", report.speech->engine,
                                 clock_text(to_seconds(report.speech->duration))));
    for (const fs::path& file : report.files) console_->note("  " + file.string());
  }

  Kind kind_;
  CLI::App* command_ = nullptr;
  std::vector<std::string> inputs_;
  CommonFlags common_;
  OutputFlags output_;
  JobFlags job_;
  ServiceFlags services_flags_;
  bool check_ = false;
  fs::path single_file_;     ///< That --output names.
  bool text_begun_ = false;  ///< On a terminal.
  std::set<std::string> told_;
  std::unique_ptr<Console> console_;
  std::unique_ptr<Services> services_;
};

}  // namespace

std::unique_ptr<Command> make_process_command(CLI::App& app) {
  return std::make_unique<ProcessCommand>(app, Kind::kProcess);
}
std::unique_ptr<Command> make_transcribe_command(CLI::App& app) {
  return std::make_unique<ProcessCommand>(app, Kind::kTranscribe);
}

}  // namespace vat::app

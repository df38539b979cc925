#include "recording_batch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "fetched_recording.h"
#include "recording_report.h"
#include "remedies.h"
#include "round_trip.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr int kSomeFailed = 1;

/// An input talk.txt must not be replaced by its transcript talk.txt.
Result<> check_input_is_kept(const RecordingTask& task) {
  if (task.input == "-") return {};
  for (const fs::path& file : planned_files(task, "")) {
    std::error_code ignored;
    if (fs::equivalent(file, task.input, ignored)) {
      return fail(ErrorCode::kInvalidArgument, task.input.string() +
                                                   " would be replaced by its own result; name another "
                                                   "folder with --output.");
    }
  }
  return {};
}

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

/// Leaves out the existing results.
void leave_out_existing(media::Media& media, RecordingTask& task) {
  if (task.to_stdout) return;
  const pipeline::ResultPlan& plan = task.plan;
  pipeline::JobOptions& options = task.options;
  // A recording without words has no speech.
  std::error_code error;
  const auto text_bytes = fs::file_size(plan.transcript(subtitles::Format::kTxt), error);
  const bool silent = !error && text_bytes == 0;
  std::erase_if(options.formats,
                [&](const subtitles::Format format) { return is_there(plan.transcript(format)); });
  if (silent || is_there(plan.speech(options.spoken.format))) options.speech = false;
  if (options.dub) {
    const auto extension = pipeline::dub_extension(media, options, task.input);
    if (silent || (extension && is_there(plan.dub(*extension)))) options.dub = false;
  }
}

bool is_nothing(const pipeline::JobOptions& options) {
  return options.formats.empty() && !options.speech && !options.dub;
}

/// A link's input once its file's name is known; names that were changed to be unique stay.
Input named(Input input, const std::string& file_name) {
  if (input.stem == fs::path(file_name_of_link(input.url)).stem().string())
    input.stem = fs::path(file_name).stem().string();
  return input;
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

std::string label_of(const Input& input) {
  return input.is_stdin() ? "standard input" : input.path.filename().string();
}

}  // namespace

RecordingBatch::RecordingBatch(const pipeline::Resources& resources, const LinkTools& links, Console& console,
                               const pipeline::JobOptions& options, const OutputFlags& output, bool check)
    : resources_(resources),
      links_(links),
      console_(console),
      options_(options),
      output_(output),
      check_(check) {}

Result<int> RecordingBatch::run(const std::vector<Input>& inputs, const std::stop_token& stop) {
  for (const Input& input : inputs) {
    Result<Outcome> outcome = run_one(input, stop);
    if (!outcome && outcome.error().code == ErrorCode::kCancelled)
      return fail(ErrorCode::kCancelled, how_to_resume(input, inputs.size()));
    if (!outcome && (inputs.size() == 1 || outcome.error().code == ErrorCode::kBrokenPipe))
      return fail(std::move(outcome).error());
    if (!outcome) {
      console_.error(outcome.error());
      codes_.insert(traits(outcome.error().code).exit_code);
    }
    ++outcomes_[outcome.value_or(Outcome::kFailed)];
  }
  if (inputs.size() > 1) summarise();
  if (inputs.size() == 1 && count(Outcome::kPassedOver) == 1) console_.note("The results already exist.");
  return exit_code();
}

int RecordingBatch::count(Outcome outcome) const {
  const auto found = outcomes_.find(outcome);
  return found == outcomes_.end() ? 0 : found->second;
}

int RecordingBatch::exit_code() const {
  if (count(Outcome::kFailed) == 0) return 0;
  const bool all_alike = codes_.size() == 1 && count(Outcome::kDone) + count(Outcome::kPassedOver) == 0;
  return all_alike ? *codes_.begin() : kSomeFailed;
}

std::string RecordingBatch::how_to_resume(const Input& input, std::size_t inputs) const {
  if (input.is_stdin()) return "Stopped.";
  if (to_stdout() || inputs == 1) return "Stopped; repeat the command to resume.";
  return "Stopped; repeat the command with --skip-existing to resume.";
}

void RecordingBatch::summarise() {
  std::string text = fmt::format("{} done", count(Outcome::kDone));
  if (const int there = count(Outcome::kPassedOver); there > 0)
    text += fmt::format(", {} already there", there);
  if (const int failed = count(Outcome::kFailed); failed > 0) text += fmt::format(", {} failed", failed);
  console_.note(text + ".");
}

RecordingTask RecordingBatch::task_for(const Input& input) const {
  return {.input = input.path,
          .options = options_,
          .plan = {.folder = input.folder,
                   .stem = input.stem,
                   .overwrite = output_.force ? Overwrite::kReplace : Overwrite::kRefuse},
          .to_stdout = to_stdout(),
          .before_stdout = [this] { console_.clear_line(); },
          .speakers_from = output_.speakers_from,
          .resume = !output_.no_resume};
}

Result<RecordingBatch::Outcome> RecordingBatch::run_one(const Input& input, const std::stop_token& stop) {
  return input.url.empty() ? process(input, stop) : run_link(input, stop);
}

Result<RecordingBatch::Outcome> RecordingBatch::run_link(const Input& input, const std::stop_token& stop) {
  const std::string known = known_file_name(input.url);
  RecordingTask task = task_for(known.empty() ? input : named(input, known));
  if (!known.empty() && is_passed_over(task)) return Outcome::kPassedOver;
  VAT_ASSIGN(FetchedRecording fetched,
             FetchedRecording::fetch(links_, input.url, !output_.no_resume, console_, stop));
  Input local = named(input, fetched.path().filename().string());
  local.path = fetched.path();
  Result<Outcome> outcome = process(local, stop);
  if (outcome) {
    fetched.discard();
    return outcome;
  }
  Error error = std::move(outcome).error();
  replace_all(error.message, local.path.string(), local.path.filename().string());
  return fail(std::move(error));
}

/// Leaves out the results that exist; true when none is left.
bool RecordingBatch::is_passed_over(RecordingTask& task) const {
  if (output_.skip_existing) leave_out_existing(resources_.media, task);
  return is_nothing(task.options);
}

Result<RecordingBatch::Outcome> RecordingBatch::process(const Input& input, const std::stop_token& stop) {
  RecordingTask task = task_for(input);
  VAT_TRY(check_input_is_kept(task));
  text_begun_ = false;
  writes_live_text_ = writes_live_text(task);
  if (is_passed_over(task)) return Outcome::kPassedOver;
  const std::string label = label_of(input);
  auto report = process_recording(resources_, task, observer(label), stop);
  console_.clear_line();
  if (!report) return fail(with_force_remedy(std::move(report).error()));
  tell_report(console_, label, *report);
  if (report->failure) {
    return fail(with_force_remedy(std::move(*report->failure))
                    .with_context(label + " has its transcript, but the speech failed"));
  }
  if (check_ && report->speech) VAT_TRY(check(*report, task, stop));
  return Outcome::kDone;
}

pipeline::Observer RecordingBatch::observer(const std::string& label) {
  return {.progress = [this, label](const Progress& progress) { show(label, progress); },
          .note = [this](const std::string& sentence) { tell_once(sentence); },
          .fetch = models_.sink()};
}

Result<> RecordingBatch::check(const RecordingReport& report, const RecordingTask& task,
                               const std::stop_token& stop) {
  const Transcript& t = report.transcript;
  const bool english = t.language.empty() || t.task == "translate";
  const RoundTrip trip{.text = t.text(),
                       .language = english ? "en" : t.language,
                       .speech = task.plan.speech(task.options.spoken.format),
                       .choice = task.options.choice};
  VAT_ASSIGN(const std::string sentence, check_round_trip(resources_, trip, console_, stop));
  console_.note(sentence);
  return {};
}

/// Text on the same terminal shows the progress itself, and a progress line would be in its way.
void RecordingBatch::show(const std::string& label, const Progress& progress) {
  if (writes_live_text_ && console_.is_terminal() && ::isatty(STDOUT_FILENO) != 0) {
    if (progress.segment != nullptr) text_begun_ = true;
    if (text_begun_) return console_.clear_line();
  }
  console_.progress(label, progress);
}

/// A note on the whole batch is printed once, not for every file.
void RecordingBatch::tell_once(const std::string& sentence) {
  if (told_.insert(sentence).second) console_.note(with_remedy(sentence));
}

}  // namespace vat::app

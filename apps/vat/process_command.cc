// vat process and vat transcribe: recordings in, transcript, subtitles and speech out.
#include <CLI/CLI.hpp>

#include <set>

#include "base/file.h"
#include "base/text.h"
#include "command.h"
#include "decoding.h"
#include "flags.h"
#include "inputs.h"
#include "pipeline/stages.h"
#include "recording_batch.h"
#include "speaker_files.h"
#include "toolbox.h"
#include "tts/engines.h"
#include "voice_fetch.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProcessExamples =
    "Examples:\n"
    "  vat process talk.mp4                     talk.txt .srt .vtt .json .speech.mp3\n"
    "  vat process lectures -o out              a folder of recordings\n"
    "  vat process film.mkv --dub --voice rms   also film.dub.mkv, spoken by rms\n"
    "  vat process lectures --skip-existing     those that are not done yet\n"
    "  vat process https://host/talk.mp4        what is behind a link\n"
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

class ProcessCommand : public Command {
 public:
  ProcessCommand(CLI::App& app, Kind kind)
      : Command(app, kind == Kind::kProcess ? "process" : "transcribe",
                kind == Kind::kProcess ? "Transcript, subtitles and speech of recordings"
                                       : "Transcript and subtitles of recordings"),
        kind_(kind) {
    const bool process = kind == Kind::kProcess;
    command()
        .add_option(
            "input", inputs_,
            "Files, folders (the media files in and below them), links (http or https), or - for standard "
            "input")
        ->required()
        ->configurable(false);
    add_output_flags(command(), output_,
                     process ? "Folder for the results (default: next to the input)"
                             : "Folder for the results (default: next to the input), a file such as "
                               "talk.srt, or - for standard output");
    add_batch_flags(command(), output_);
    add_result_flags(command(), job_);
    add_recognition_flags(command(), job_);
    if (process) {
      command().add_flag("--no-speech", job_.no_speech, "Make no speech")->group("Speech");
      command()
          .add_flag("--dub", job_.job.dub,
                    "A copy of the video with two more tracks: the speech in the original's timing, and the "
                    "subtitles")
          ->group("Speech");
      add_check_flag(command(), check_);
      add_speech_flags(command(), job_);
      add_voice_for_flag(command(), job_);
      add_background_flag(command(), job_);
      add_lexicon_flag(command(), lexicon_);
      add_service_flags(command(), services_flags_);
    }
    command()
        .add_option("--speakers-from", output_.speakers_from,
                    "Take who speaks when from an RTTM file, which another program or a person made")
        ->type_name("FILE")
        ->group("Recognition");
    add_link_flags(command(), yt_dlp_);
    command()
        .add_flag("--no-sandbox", no_sandbox_,
                  "Decode in this process, without protection against files that are made to do harm")
        ->group("Recognition");
    add_common_flags(command(), common_);
    command().footer(process ? kProcessExamples : kTranscribeExamples);
  }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    if (kind_ == Kind::kTranscribe) job_.no_speech = true;
    // While the rest is prepared, it loads.
    VAT_ASSIGN(media_, open_media(no_sandbox_ ? Sandboxing::kOff : Sandboxing::kAuto));
    VAT_TRY(take_format_from_name());
    if (to_stdout() && job_.formats.empty()) job_.formats = {"txt"};
    VAT_ASSIGN(pipeline::JobOptions options, to_job_options(job_));
    if (!output_.speakers_from.empty()) options.speakers = "off";  // They need not be told apart.
    VAT_ASSIGN(std::vector<Input> inputs,
               expand_inputs(inputs_, to_stdout() ? "" : fs::path(output_.output)));
    VAT_TRY(check_output(inputs, options));
    console_ = make_console(common_);
    toolbox_ = std::make_unique<Toolbox>(common_);
    tts::Engines voices;
    if (options.speech || options.dub) {
      VAT_ASSIGN(voices, toolbox_->speech_engines(services_flags_));
      VAT_TRY(fetch_voice(*toolbox_, voices, options.spoken, options.recognition.language, *console_, stop));
      VAT_TRY(check_voice(voices, options, stop));
    }
    VAT_ASSIGN(auto lexicon, read_lexicon(lexicon_));
    const pipeline::Speech speech =
        pipeline::Speech(std::move(voices), cache_directory() / "speech").with_lexicon(std::move(lexicon));
    const pipeline::Resources resources{toolbox_->pool(), toolbox_->engines(), speech, *media_,
                                        &toolbox_->speakers()};
    const LinkTools links{toolbox_->downloads(), {.name = yt_dlp_}};
    return RecordingBatch(resources, links, *console_, options, output_, check_).run(inputs, stop);
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
    for (const auto& [speaker, name] : options.spoken.voices) {
      const auto chosen = tts::resolve_voice(order.value_or(engines), name, stop);
      if (!chosen && chosen.error().code == ErrorCode::kNotFound) return fail(chosen.error());
    }
    return {};
  }

  Kind kind_;
  std::vector<std::string> inputs_;
  CommonFlags common_;
  std::string yt_dlp_;
  std::string lexicon_;
  OutputFlags output_;
  JobFlags job_;
  ServiceFlags services_flags_;
  bool check_ = false;
  bool no_sandbox_ = false;
  fs::path single_file_;  ///< That --output names.
  std::unique_ptr<Console> console_;
  std::unique_ptr<Toolbox> toolbox_;
  std::shared_ptr<media::Media> media_;
};

}  // namespace

std::unique_ptr<Command> make_process_command(CLI::App& app) {
  return std::make_unique<ProcessCommand>(app, Kind::kProcess);
}
std::unique_ptr<Command> make_transcribe_command(CLI::App& app) {
  return std::make_unique<ProcessCommand>(app, Kind::kTranscribe);
}

}  // namespace vat::app

// vat speak: a text, or subtitles in their timing, read aloud into an audio file.
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include "base/encoding.h"
#include "base/file.h"
#include "base/file_name.h"
#include "base/text.h"
#include "command.h"
#include "domain/speaker_edits.h"
#include "flags.h"
#include "inputs.h"
#include "pipeline/speaker_voices.h"
#include "pipeline/speech.h"
#include "round_trip.h"
#include "subtitles/cue_turns.h"
#include "subtitles/reader.h"
#include "subtitles/rolling.h"
#include "toolbox.h"
#include "tts/sentences.h"
#include "tts/speech_text.h"
#include "voice_fetch.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTextBytes = 64U << 20U;

constexpr const char* kExamples =
    "Examples:\n"
    "  vat speak notes.txt                       notes.mp3\n"
    "  vat speak talk.srt -o talk.m4a            each cue at its time\n"
    "  vat speak talk.ssml --lexicon names.txt   with pauses and pronunciations\n"
    "  vat speak --text 'Guten Tag' -l de -o hallo.wav\n"
    "  fortune | vat speak - -o - --audio-format wav | aplay\n"
    "  vat voices                                the values of --voice";

class SpeakCommand : public Command {
 public:
  explicit SpeakCommand(CLI::App& app)
      : Command(app, "speak", "Read a text aloud, or subtitles in their timing") {
    command()
        .add_option("file", file_, "Text, SSML, SRT or VTT file, or - for standard input")
        ->configurable(false);
    command()
        .add_option("--text", text_, "Speak these words instead of a file's")
        ->type_name("WORDS")
        ->configurable(false)
        ->group("Speech");
    command()
        .add_option("-l,--language", language_code_, "Language of the text, such as en or de")
        ->type_name("CODE")
        ->capture_default_str()
        ->group("Speech");
    command()
        .add_flag("--ignore-times", ignore_times_, "Read subtitles as plain text, without their timing")
        ->group("Speech");
    command()
        .add_flag("--ssml", ssml_, "The text must be SSML, which is also noticed by its beginning: <speak>")
        ->group("Speech");
    add_lexicon_flag(command(), lexicon_);
    add_check_flag(command(), check_);
    add_speech_flags(command(), job_);
    add_voice_for_flag(command(), job_);
    add_output_flags(command(), output_,
                     "File such as talk.mp3, a folder, or - for standard output (default: next to the text)");
    add_service_flags(command(), services_flags_);
    add_common_flags(command(), common_);
    command().footer(kExamples);
  }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    if (file_.empty() && command().count("--text") > 0 && text_.empty()) return no_words();
    if (file_.empty() == text_.empty())
      return fail(ErrorCode::kInvalidArgument,
                  "Give either a file, - for standard input, or --text with the text itself.");
    if (check_ && output_.output == "-")
      return fail(ErrorCode::kInvalidArgument, "--check needs the speech in a file; name one with --output.");
    VAT_TRY(take_format_from_name());
    VAT_ASSIGN(const pipeline::JobOptions options, to_job_options(job_));
    VAT_ASSIGN(const std::string text, read_text());
    VAT_TRY(check_text(text));
    VAT_ASSIGN(auto lexicon, read_lexicon(lexicon_));
    pipeline::SpeechTarget target = find_target(options.spoken, is_subtitles(text));
    std::error_code ignored;
    if (!target.path.empty() && !output_.force && fs::exists(target.path, ignored))
      return fail(ErrorCode::kExists, target.path.string() + " already exists; use --force to replace it.");
    if (!target.path.empty()) VAT_TRY(check_writable(target.path.parent_path()));
    console_ = make_console(common_);
    toolbox_ = std::make_unique<Toolbox>(common_);
    VAT_ASSIGN(tts::Engines engines, toolbox_->speech_engines(services_flags_));
    VAT_TRY(fetch_voice(*toolbox_, engines, options.spoken, language_code_, *console_, stop));
    const pipeline::Speech speech =
        pipeline::Speech(std::move(engines), cache_directory() / "speech").with_lexicon(std::move(lexicon));
    if (auto done = speak(speech, text, options.spoken, target, stop); !done) {
      if (done.error().code == ErrorCode::kCancelled) return fail(ErrorCode::kCancelled, "Stopped.");
      return fail(with_force_remedy(std::move(done).error()));
    }
    if (check_) VAT_TRY(check(speech, target, stop));
    return 0;
  }

 private:
  [[nodiscard]] Result<> take_format_from_name() {
    if (output_.output.empty() || output_.output == "-") return {};
    const fs::path output = output_.output;
    const std::string extension = output.extension().string();
    std::error_code ignored;
    // "out/" and "notes" are folders, as are existing folders.
    if (extension.empty() || fs::is_directory(output, ignored)) return {};
    const auto format = media::parse_audio_format(extension);
    if (!format) {
      return fail(ErrorCode::kInvalidArgument,
                  output.string() +
                      " is not the name of an audio file: end it in .mp3, .opus, .m4a, .aac, .flac or "
                      ".wav, or in / for a folder.");
    }
    const std::string_view name = media::audio_format_name(*format);
    if (command().count("--audio-format") > 0 && job_.audio_format != name) {
      return fail(ErrorCode::kInvalidArgument, "--audio-format " + job_.audio_format + " and " +
                                                   output.string() +
                                                   " contradict each other; leave one out.");
    }
    is_file_ = true;
    job_.audio_format = name;
    return {};
  }

  [[nodiscard]] pipeline::SpeechTarget find_target(const pipeline::SpeechOptions& spoken,
                                                   bool subtitles) const {
    pipeline::SpeechTarget target{.overwrite = output_.force ? Overwrite::kReplace : Overwrite::kRefuse};
    const fs::path source = file_ == "-" ? fs::path() : fs::path(file_);
    if (!source.empty()) target.title = source.stem().string();
    if (output_.output == "-") {
      target.fd = STDOUT_FILENO;
      target.fd_name = "standard output";
    } else if (is_file_) {
      target.path = output_.output;
    } else {
      const std::string stem = source.empty() ? "speech" : source.stem().string();
      const fs::path folder = output_.output.empty() ? source.parent_path() : fs::path(output_.output);
      // Beside talk.srt the recording is talk.mp3.
      const std::string ending =
          (subtitles ? ".speech." : ".") + std::string(media::audio_format_name(spoken.format));
      target.path = folder / fitted_file_name(stem, ending);
    }
    return target;
  }

  [[nodiscard]] Result<std::string> read_text() {
    if (!text_.empty()) return decode_text(text_);
    const std::string name = file_ == "-" ? "Standard input" : file_;
    auto bytes = read_file(file_ == "-" ? "/dev/stdin" : file_, kMaxTextBytes);
    if (!bytes) {
      if (bytes.error().code == ErrorCode::kNotFound)
        return fail(ErrorCode::kNotFound, "There is no file " + file_ + ".");
      return fail(std::move(bytes).error());
    }
    if (!is_subtitles(*bytes) && !is_text(*bytes))
      return fail(ErrorCode::kBadData,
                  name + " is not a text; `vat transcribe` turns audio and video into text.");
    std::string text = decode_text(*bytes);
    left_out_ = !is_utf8(*bytes) && text.find("\uFFFD") != std::string::npos;
    return text;
  }

  /// Before anything is fetched or spoken.
  [[nodiscard]] Result<> check_text(const std::string& text) {
    if (ssml_ && !tts::is_ssml(text))
      return fail(ErrorCode::kBadData, "The text is not SSML: it does not begin with <speak>.");
    if (is_subtitles(text)) return {};
    VAT_ASSIGN(const tts::SpeechText read, tts::read_speech_text(text, language_code_));
    if (!tts::is_speakable(read.words)) return no_words();
    spoken_ = read.words;
    return {};
  }

  /// True for SRT and VTT: by name, or by how the text begins.
  [[nodiscard]] bool is_subtitles(const std::string& text) const {
    const std::string extension = fold_case(fs::path(file_).extension().string());
    return extension == ".srt" || extension == ".vtt" ||
           (text_.empty() && subtitles::looks_like_subtitles(text));
  }

  [[nodiscard]] Result<> speak(const pipeline::Speech& speech, const std::string& text,
                               const pipeline::SpeechOptions& spoken, const pipeline::SpeechTarget& target,
                               const std::stop_token& stop) {
    const std::string label = text_.empty() ? file_ : "text";
    const ProgressSink progress = [&](const Progress& p) { console_->progress(label, p); };
    if (!is_subtitles(text)) {
      if (left_out_) console_->note(label + " is not valid UTF-8 throughout; invalid bytes are left out.");
      VAT_ASSIGN(const tts::NarrationReport report,
                 speech.speak(text, language_code_, spoken, target, progress, stop));
      tell(report, target);
      return {};
    }
    auto read = subtitles::read_subtitles(text);
    if (!read) return fail(std::move(read).error().with_context(file_ == "-" ? "standard input" : file_));
    const std::size_t as_written = read->size();
    const std::vector<subtitles::Cue> cues = subtitles::join_rolling_captions(*std::move(read));
    if (cues.size() < as_written)
      console_->note("Captions that roll up, with lines shown again, are joined: " +
                     counted(cues.size(), "cue") + " of " + std::to_string(as_written) + ".");
    const std::vector<subtitles::CueTurn> turns = turns_of(cues);
    if (ignore_times_) {
      std::string joined;
      for (const subtitles::CueTurn& turn : turns) joined += turn.text + "\n";
      if (!tts::is_speakable(joined)) return no_words();
      spoken_ = joined;
      VAT_ASSIGN(const tts::NarrationReport report,
                 speech.speak(joined, language_code_, spoken, target, progress, stop));
      tell(report, target);
      return {};
    }
    return speak_in_time(speech, turns, spoken, target, progress, stop);
  }

  [[nodiscard]] Result<> speak_in_time(const pipeline::Speech& speech,
                                       const std::vector<subtitles::CueTurn>& turns,
                                       const pipeline::SpeechOptions& spoken,
                                       const pipeline::SpeechTarget& target, const ProgressSink& progress,
                                       const std::stop_token& stop) {
    const Transcript said = transcript_of(turns);
    const auto note = [this](const std::string& sentence) { console_->note(sentence); };
    VAT_ASSIGN(const pipeline::Cast cast, pipeline::cast_speakers(speech, said, spoken, {}, note, stop));
    std::vector<tts::TimedText> texts;
    Millis total{0};
    for (const Segment& segment : said.segments) {
      const auto voice = cast.find(segment.speaker);
      texts.push_back({segment.start, segment.end, segment.text, voice == cast.end() ? "" : voice->second});
      spoken_ += segment.text + "\n";
      total = std::max(total, segment.end);
    }
    if (!tts::is_speakable(spoken_)) return no_words();
    VAT_ASSIGN(tts::TimedReport report,
               speech.speak_timed(std::move(texts), total, language_code_, spoken, target, progress, stop));
    if (!cast.empty()) report.voice = pipeline::describe_cast(said, cast);
    tell(report, target);
    if (report.sped_up > 0)
      console_->note("Spoken faster to keep the timing: " + counted(report.sped_up, "cue") + ".");
    if (report.overlapping > 0)
      console_->note(
          "Spoken one after the other because they overlap: " + counted(report.overlapping, "cue") + ".");
    if (!report.overruns.empty())
      console_->note("Too short for their text, which delays the following ones: " +
                     counted(report.overruns.size(), "cue") + ".");
    return {};
  }

  static std::vector<subtitles::CueTurn> turns_of(const std::vector<subtitles::Cue>& cues) {
    const bool dashes = subtitles::uses_dashes(cues);
    std::vector<subtitles::CueTurn> all;
    for (const subtitles::Cue& cue : cues) {
      std::vector<subtitles::CueTurn> turns = subtitles::cue_turns(cue, dashes);
      std::move(turns.begin(), turns.end(), std::back_inserter(all));
    }
    return all;
  }

  /// With the speakers that cues of WebVTT name.
  [[nodiscard]] Transcript transcript_of(const std::vector<subtitles::CueTurn>& turns) const {
    Transcript transcript;
    transcript.language = language_code_;
    for (const subtitles::CueTurn& turn : turns)
      transcript.segments.push_back({.start = turn.start,
                                     .end = turn.end,
                                     .text = turn.text,
                                     .speaker = speaker_of_name(transcript, turn.speaker)});
    return transcript;
  }

  static tl::unexpected<Error> no_words() {
    return fail(ErrorCode::kBadData, "There are no words to speak.");
  }

  [[nodiscard]] Result<> check(const pipeline::Speech& speech, const pipeline::SpeechTarget& target,
                               const std::stop_token& stop) {
    const pipeline::Resources resources{toolbox_->pool(), toolbox_->engines(), speech};
    const RoundTrip trip{.text = spoken_, .language = language_code_, .speech = target.path, .choice = {}};
    VAT_ASSIGN(const std::string sentence, check_round_trip(resources, trip, *console_, stop));
    console_->note(sentence);
    return {};
  }

  void tell(const tts::NarrationReport& report, const pipeline::SpeechTarget& target) {
    console_->clear_line();
    for (const std::string& warning : report.warnings) console_->note(warning);
    console_->note(fmt::format("{}, {}, spoken by {}{}.", counted(report.sentences, "sentence"),
                               clock_text(report.duration), report.engine,
                               report.voice.empty() ? "" : " " + report.voice));
    if (!target.path.empty()) console_->note("  " + target.path.string());
  }

  std::string file_;
  std::string text_;
  std::string language_code_ = "en";
  std::string lexicon_;
  bool ssml_ = false;
  bool ignore_times_ = false;
  bool is_file_ = false;
  CommonFlags common_;
  OutputFlags output_;
  JobFlags job_;
  ServiceFlags services_flags_;
  bool check_ = false;
  bool left_out_ = false;  ///< The file has bytes that are not text.
  std::string spoken_;     ///< All words that were spoken.
  std::unique_ptr<Console> console_;
  std::unique_ptr<Toolbox> toolbox_;
};

}  // namespace

std::unique_ptr<Command> make_speak_command(CLI::App& app) { return std::make_unique<SpeakCommand>(app); }

}  // namespace vat::app

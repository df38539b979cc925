#include "recording.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/file.h"
#include "checkpoint_file.h"
#include "live_text.h"
#include "subtitles/formats.h"
#include "subtitles/rttm.h"
#include "subtitles/sound_captions.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

/// Whether the format is made of cues, or reports on them.
bool shows_cues(subtitles::Format format) {
  using enum subtitles::Format;
  return format == kSrt || format == kVtt || format == kLrc || format == kJson;
}

Result<std::string> dub_extension(media::Media& media, const RecordingTask& task) {
  if (task.options.dub && task.input == "-")
    return fail(ErrorCode::kInvalidArgument, "A dub needs a file, because the video is read twice.");
  return pipeline::dub_extension(media, task.options, task.input);
}

/// The processing of one recording. Each method is one stage.
class Recording {
 public:
  Recording(const pipeline::Resources& resources, const RecordingTask& task, std::string dub_extension,
            const pipeline::Observer& observer, std::stop_token stop)
      : resources_(resources),
        task_(task),
        dub_extension_(std::move(dub_extension)),
        observer_(observer),
        outer_stop_(std::move(stop)),
        stop_(stopping_.get_token()),
        forward_(outer_stop_, [this] { stopping_.request_stop(); }) {
    if (!writes_live_text(task_)) return;
    live_.emplace(observer, [this] { stopping_.request_stop(); });
    observer_ = live_->observer();
  }

  [[nodiscard]] Result<RecordingReport> run() {
    auto transcript = transcribe();
    // Even if recognition failed, so that its error starts on a new line.
    if (live_) VAT_TRY(live_->finish());
    if (!transcript) return fail(std::move(transcript).error());
    report_.transcript = std::move(*transcript);
    VAT_TRY(write_texts());
    // Only now the chunks are no longer needed.
    if (checkpoint_) checkpoint_->discard();
    // From here on a failure keeps the transcript, and is reported with it.
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
  [[nodiscard]] Result<Transcript> transcribe() {
    VAT_ASSIGN(const pipeline::SpeakerSources speakers, speaker_sources());
    VAT_ASSIGN(const std::unique_ptr<AudioSource> sound, open_sound());
    VAT_ASSIGN(pipeline::PreparedRecognition recognition,
               pipeline::prepare_recognition(resources_, task_.options, observer_, stop_));
    VAT_TRY(open_checkpoint(recognition.identity));
    return pipeline::transcribe(resources_, *sound, std::move(recognition), task_.options, checkpoint_.get(),
                                observer_, stop_, speakers);
  }

  [[nodiscard]] Result<pipeline::SpeakerSources> speaker_sources() {
    pipeline::SpeakerSources sources;
    if (task_.input != "-") {
      sources.open_channel = [this](int channel) {
        return resources_.media.open(task_.input,
                                     {.track = task_.options.track, .channel = channel, .stop = stop_});
      };
    }
    if (!task_.speakers_from.empty()) {
      VAT_ASSIGN(const std::string rttm, read_file(task_.speakers_from, subtitles::kMaxRttmBytes));
      VAT_ASSIGN(known_speakers_, subtitles::read_rttm(rttm, task_.plan.stem));
      sources.known = &known_speakers_;
    }
    return sources;
  }

  [[nodiscard]] Result<std::unique_ptr<AudioSource>> open_sound() const {
    const media::ReaderOptions options{.track = task_.options.track, .stop = stop_};
    if (task_.input != "-") return resources_.media.open(task_.input, options);
    return resources_.media.open_stream(STDIN_FILENO, "standard input", options);
  }

  [[nodiscard]] Result<> open_checkpoint(const std::string& identity) {
    if (task_.input == "-") return {};
    std::error_code ignored;
    const std::string path = fs::weakly_canonical(task_.input, ignored).string();
    VAT_ASSIGN(checkpoint_,
               CheckpointFile::open(cache_directory() / "checkpoints", path + identity, task_.resume));
    const std::size_t found = checkpoint_->found();
    if (found > 0 && observer_.note)
      observer_.note("Resuming after " + std::to_string(found) + (found == 1 ? " chunk" : " chunks") +
                     " of an earlier run (--no-resume starts over).");
    return {};
  }

  [[nodiscard]] Result<> write_texts() {
    const std::vector<subtitles::Format>& formats = task_.options.formats;
    VAT_ASSIGN(cues_, pipeline::shape_cues(report_.transcript, task_.options));
    const bool shown = std::any_of(formats.begin(), formats.end(), shows_cues);
    if (shown || task_.options.dub) report_.cue_problems = cues_.problems;
    // JSON has them beside its text.
    const bool has_text = std::any_of(formats.begin(), formats.end(), [](subtitles::Format format) {
      return format != subtitles::Format::kJson;
    });
    if (has_text && !task_.options.sounds)
      report_.sounds_left_out = subtitles::count_audible(report_.transcript.sounds);
    if (live_) return {};
    if (task_.to_stdout) {
      if (task_.before_stdout) task_.before_stdout();
      return write_all(STDOUT_FILENO,
                       subtitles::write(formats.front(), report_.transcript, cues_,
                                        {.title = task_.plan.stem, .sounds = task_.options.sounds}),
                       "standard output");
    }
    VAT_ASSIGN(report_.files,
               pipeline::write_transcript(report_.transcript, cues_, task_.plan, task_.options));
    return {};
  }

  /// Worked out once.
  [[nodiscard]] Result<pipeline::Cast> cast_of_speakers() {
    if (cast_) return *cast_;
    pipeline::OpenSound open;
    if (task_.input != "-") open = [this] { return open_sound(); };
    VAT_ASSIGN(cast_, pipeline::cast_speakers(resources_.speech, report_.transcript, task_.options.spoken,
                                              open, observer_.note, stop_));
    return *cast_;
  }

  [[nodiscard]] Result<> speak() {
    if (!task_.options.speech) return {};
    pipeline::SpeechTarget target{.path = task_.plan.speech(task_.options.spoken.format),
                                  .overwrite = task_.plan.overwrite,
                                  .title = task_.plan.stem};
    VAT_ASSIGN(const pipeline::Cast cast, cast_of_speakers());
    VAT_ASSIGN(report_.speech,
               pipeline::speak_transcript(resources_, report_.transcript, task_.options.spoken, cast, target,
                                          observer_, stop_));
    if (report_.speech) report_.files.push_back(std::move(target.path));
    return {};
  }

  [[nodiscard]] Result<> dub() {
    if (!task_.options.dub) return {};
    VAT_ASSIGN(const TemporaryDirectory scratch, TemporaryDirectory::create());
    pipeline::DubTarget target{.path = task_.plan.dub(dub_extension_),
                               .overwrite = task_.plan.overwrite,
                               .extension = dub_extension_,
                               .scratch = scratch.path(),
                               .track = task_.options.track};
    VAT_ASSIGN(const pipeline::Cast cast, cast_of_speakers());
    VAT_ASSIGN(const auto made,
               pipeline::dub_recording(resources_, task_.input, report_.transcript, cues_,
                                       task_.options.spoken, cast, target, observer_, stop_));
    if (made) report_.files.push_back(std::move(target.path));
    return {};
  }

  const pipeline::Resources& resources_;
  const RecordingTask& task_;
  const std::string dub_extension_;
  pipeline::Observer observer_;
  std::optional<LiveText> live_;
  std::stop_source stopping_;
  std::stop_token outer_stop_;
  std::stop_token stop_;
  std::stop_callback<std::function<void()>> forward_;
  RecordingReport report_;
  subtitles::ShapedCues cues_;
  std::optional<pipeline::Cast> cast_;
  subtitles::NamedTurns known_speakers_;
  std::unique_ptr<CheckpointFile> checkpoint_;
};

}  // namespace

bool writes_live_text(const RecordingTask& task) {
  const bool spoken = task.options.speakers != "off" || !task.speakers_from.empty();
  return task.to_stdout && !task.options.sounds && !spoken && !task.options.formats.empty() &&
         task.options.formats.front() == subtitles::Format::kTxt;
}

std::vector<fs::path> planned_files(const RecordingTask& task, std::string_view dub_extension) {
  if (task.to_stdout) return {};
  return pipeline::planned_files(task.plan, task.options, dub_extension);
}

Result<RecordingReport> process_recording(const pipeline::Resources& resources, const RecordingTask& task,
                                          const pipeline::Observer& observer, std::stop_token stop) {
  if (task.to_stdout && task.options.formats.size() != 1)
    return fail(ErrorCode::kInvalidArgument,
                "Standard output can take only one format; choose it with --format.");
  VAT_ASSIGN(std::string extension, dub_extension(resources.media, task));
  VAT_TRY(pipeline::check_free(task.plan, planned_files(task, extension)));
  return Recording(resources, task, std::move(extension), observer, std::move(stop)).run();
}

}  // namespace vat::app

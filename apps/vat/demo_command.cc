// vat demo: a library to look at, in an empty data folder.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/uuid.h"
#include "command.h"
#include "demo_content.h"
#include "media/audio_reader.h"
#include "media/mux.h"
#include "media/pictures.h"
#include "media/waveform.h"
#include "objects/local_store.h"
#include "pipeline/options_json.h"
#include "pipeline/result_files.h"
#include "pipeline/retake.h"
#include "pipeline/speech.h"
#include "queue/local_bus.h"
#include "serve_database.h"
#include "serve_settings.h"
#include "subtitles/formats.h"
#include "toolbox.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWorker = "demo";
constexpr const char* kBroken = "Voice memo from the train.m4a";
constexpr std::size_t kBrokenBytes = 4096;

/// The words of a sentence, each with the share of its time that it has of the letters.
std::vector<Word> spread(std::string_view sentence, Millis start, Millis end) {
  std::vector<std::string> texts;
  for (std::string_view rest = trim(sentence); !rest.empty(); rest = trim(rest))
    texts.emplace_back(take_part(rest, ' '));
  std::size_t letters = 0;
  for (const std::string& text : texts) letters += code_points(text) + 1;
  std::vector<Word> words;
  std::size_t before = 0;
  const auto at = [&](std::size_t place) {
    return start + (end - start) * static_cast<std::int64_t>(place) / static_cast<std::int64_t>(letters);
  };
  for (std::string& text : texts) {
    const std::size_t after = before + code_points(text) + 1;
    words.push_back({at(before), at(after), std::move(text), 1, false});
    before = after;
  }
  return words;
}

/// What was spoken, as a transcript of it.
Transcript transcript_of(const tts::NarrationReport& report, const DemoStory& story) {
  Transcript transcript;
  transcript.engine = kWorker;
  transcript.language = story.language;
  transcript.language_probability = 1;
  transcript.duration = report.duration;
  transcript.speech = report.duration;
  for (const tts::SpokenText& spoken : report.spoken) {
    Segment segment{.start = spoken.start, .end = spoken.end, .text = std::string(trim(spoken.text))};
    segment.words = spread(segment.text, segment.start, segment.end);
    if (!segment.text.empty()) transcript.segments.push_back(std::move(segment));
  }
  if (!story.warning.empty()) transcript.warnings.emplace_back(story.warning);
  return transcript;
}

/// As a recogniser might have had it.
Transcript misheard(Transcript transcript, const DemoStory& story) {
  for (Segment& segment : transcript.segments) {
    const std::size_t at = segment.text.find(story.typed_wrongly);
    if (at == std::string::npos) continue;
    segment.text.replace(at, story.typed_wrongly.size(), story.as);
    segment.words = spread(segment.text, segment.start, segment.end);
    for (Word& word : segment.words)
      if (word.text.find(story.as) != std::string::npos) word.confidence = 0.3F;
  }
  return transcript;
}

/// A folder beside the store, into which files are moved from it.
struct Scratch {
  explicit Scratch(fs::path where) : path(std::move(where)) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  const fs::path path;
};

/// Fills a data folder, one job after another.
class DemoLibrary {
 public:
  DemoLibrary(db::Database& database, ObjectStore& objects, const pipeline::Speech& speech, fs::path scratch)
      : database_(database), objects_(objects), speech_(speech), scratch_(std::move(scratch)) {}

  /// False, and why on stderr, where no voice of this machine speaks the language.
  [[nodiscard]] Result<bool> add(const DemoStory& story, const std::stop_token& stop) {
    VAT_ASSIGN(const pipeline::JobOptions options, pipeline::job_options_from_json("{}", {}));
    const fs::path sound = scratch_ / (story.with_picture ? "sound.opus" : "sound.mp3");
    pipeline::SpeechOptions spoken = options.spoken;
    if (story.with_picture) spoken.format = media::AudioFormat::kOpus;
    const std::string language(story.language);
    const auto report = speech_.speak(story.text, language, spoken, target(sound), {}, stop);
    if (!report && report.error().code == ErrorCode::kCancelled) return fail(report.error());
    if (!report) {
      VAT_TRY(write_all(STDERR_FILENO,
                        fmt::format("{} is left out: {}\n", story.title, report.error().message),
                        "standard error"));
      return false;
    }
    VAT_TRY(add_spoken(story, *report, sound, options, stop));
    return true;
  }

  /// A job that failed.
  [[nodiscard]] Result<> add_broken() {
    const fs::path file = scratch_ / "broken";
    VAT_TRY(write_file_atomically(file, std::string(kBrokenBytes, '\x5A'), Overwrite::kReplace));
    VAT_ASSIGN(const Lease lease, begin(kBroken, file, "mov,mp4,m4a,3gp,3g2,mj2", Millis(0), false));
    return database_.queue().fail_job(
        lease,
        {.code = ErrorCode::kBadMedia,
         .message = std::string(kBroken) + " is damaged: it ends before its index, as after a broken upload.",
         .stage = Stage::kPrepare},
        false);
  }

 private:
  [[nodiscard]] Result<> add_spoken(const DemoStory& story, const tts::NarrationReport& report,
                                    const fs::path& sound, const pipeline::JobOptions& options,
                                    const std::stop_token& stop) {
    fs::path recording = sound;
    if (story.with_picture) {
      VAT_ASSIGN(recording, filmed(sound, report.duration, stop));
    }
    const std::string title(story.title);
    VAT_ASSIGN(const media::MediaInfo info, media::probe(recording, stop));
    VAT_ASSIGN(const auto previews, previews_of(recording, stop));
    VAT_ASSIGN(const Lease lease, begin(title, recording, info.container, report.duration, info.has_video));
    for (const media::PictureFile& file : previews)
      VAT_TRY(keep(lease, file.path, file.kind, file.content_type));
    JobQueue& queue = database_.queue();
    VAT_TRY(queue.describe(
        lease, {.engine = kWorker, .language = std::string(story.language), .duration = report.duration}));
    const Transcript right = transcript_of(report, story);
    const Transcript first = misheard(right, story);
    VAT_TRY(queue.save_transcript(lease, first));
    VAT_TRY(keep_results(lease, first, title, options));
    if (story.with_speech) VAT_TRY(speak_again(lease, story, title, options, stop));
    VAT_TRY(queue.complete(lease, first.warnings));
    if (!story.as.empty()) VAT_TRY(database_.transcripts().edit(kLocalUserId, lease.job_id, 1, right));
    return label(lease.job_id, std::string(story.label));
  }

  [[nodiscard]] static pipeline::SpeechTarget target(const fs::path& path) {
    return {.path = path, .overwrite = Overwrite::kReplace};
  }

  [[nodiscard]] Result<fs::path> filmed(const fs::path& sound, Millis duration, const std::stop_token& stop) {
    const double seconds = to_seconds(duration);
    const fs::path silent = scratch_ / "silent.webm";
    VAT_TRY(media::write_painted_video(silent, {.seconds = seconds}, paint_delta(seconds)));
    fs::path film = scratch_ / "film.webm";
    VAT_TRY(media::mux(silent, {.audio = sound}, film, stop));
    return film;
  }

  /// What shows it in a player, as files.
  [[nodiscard]] Result<std::vector<media::PictureFile>> previews_of(const fs::path& recording,
                                                                    const std::stop_token& stop) const {
    VAT_ASSIGN(const media::Pictures pictures, media::make_pictures(recording, stop));
    VAT_ASSIGN(std::vector<media::PictureFile> files, media::write_pictures(pictures, scratch_));
    VAT_ASSIGN(const auto reader, media::AudioReader::open(recording, {.stop = stop}));
    media::WaveformSource drawn(*reader, scratch_);
    std::vector<float> block(1U << 16U);
    for (bool more = true; more;) {
      VAT_ASSIGN(const std::size_t count, drawn.read(block));
      more = count > 0;
    }
    VAT_ASSIGN(const std::vector<fs::path> waveforms, drawn.finish());
    for (const fs::path& file : waveforms) files.push_back({file, "waveform", media::kWaveformContentType});
    return files;
  }

  /// A running job on a new upload, whose file moves into the store.
  [[nodiscard]] Result<Lease> begin(const std::string& title, const fs::path& file,
                                    const std::string& container, Millis duration, bool has_video) {
    Upload upload;
    upload.user_id = kLocalUserId;
    upload.filename = title;
    std::error_code error;
    upload.size = fs::file_size(file, error);
    if (error) return fail(system_error(error.value(), "read", file.string()));
    VAT_ASSIGN(upload, database_.uploads().create(upload));
    VAT_ASSIGN(upload.fingerprint, hash_file(Digest::kSha256, file));
    upload.object_key = make_object_key("uploads");
    VAT_TRY(objects_.put(upload.object_key, file));
    upload.media = {.container = container, .duration = duration, .has_video = has_video, .audio_tracks = 1};
    upload.state = UploadState::kComplete;
    VAT_TRY(database_.uploads().complete(upload));
    VAT_ASSIGN(const pipeline::JobOptions options, pipeline::job_options_from_json("{}", {}));
    const NewJob job{.user_id = kLocalUserId,
                     .title = title,
                     .upload_id = upload.id,
                     .options = pipeline::to_json(options)};
    VAT_TRY(database_.jobs().create({job}, {}));
    VAT_ASSIGN(const auto claimed, database_.queue().claim({.worker = kWorker}));
    if (!claimed) return fail(ErrorCode::kInternal, "The job of the demonstration could not be begun.");
    return claimed->lease;
  }

  [[nodiscard]] Result<> keep(const Lease& lease, const fs::path& file, const std::string& kind,
                              std::string_view content_type, const std::string& id = make_uuid()) {
    Artifact artifact{.id = id, .job_id = lease.job_id, .name = file.filename().string(), .kind = kind};
    artifact.content_type = content_type;
    std::error_code error;
    artifact.size = fs::file_size(file, error);
    if (error) return fail(system_error(error.value(), "read", file.string()));
    VAT_ASSIGN(artifact.sha256, hash_file(Digest::kSha256, file));
    artifact.object_key = make_object_key("artifacts");
    VAT_TRY(objects_.put(artifact.object_key, file));
    VAT_TRY(database_.queue().save_artifact(lease, artifact));
    return {};
  }

  [[nodiscard]] pipeline::ResultPlan plan(const std::string& title) const {
    return {.folder = scratch_, .stem = fs::path(title).stem().string(), .overwrite = Overwrite::kReplace};
  }

  [[nodiscard]] Result<> keep_results(const Lease& lease, const Transcript& transcript,
                                      const std::string& title, const pipeline::JobOptions& options) {
    VAT_ASSIGN(const subtitles::ShapedCues cues, pipeline::shape_cues(transcript, options));
    const pipeline::ResultPlan files = plan(title);
    VAT_TRY(pipeline::write_transcript(transcript, cues, files, options));
    for (const subtitles::Format format : options.formats)
      VAT_TRY(keep(lease, files.transcript(format), "transcript", subtitles::media_type(format)));
    return {};
  }

  [[nodiscard]] Result<> speak_again(const Lease& lease, const DemoStory& story, const std::string& title,
                                     const pipeline::JobOptions& options, const std::stop_token& stop) {
    pipeline::SpeechOptions spoken = options.spoken;
    spoken.speed = 1.1;
    const fs::path file = plan(title).speech(spoken.format);
    const std::string name = file.filename().string();
    const std::string language(story.language);
    pipeline::SpeechMaster master{.path = scratch_ / pipeline::master_name(name)};
    pipeline::SpeechTarget made = target(file);
    made.master = &master;
    VAT_ASSIGN(const tts::NarrationReport report,
               speech_.speak(story.text, language, spoken, made, {}, stop));
    pipeline::SpeechTakes takes = pipeline::takes_of(report, made.title, language, spoken, master);
    takes.speech_id = make_uuid();
    const fs::path list = scratch_ / pipeline::takes_name(name);
    VAT_TRY(write_file_atomically(list, pipeline::to_json(takes), Overwrite::kReplace));
    VAT_TRY(keep(lease, master.path, std::string(kMasterKind), "audio/flac"));
    VAT_TRY(keep(lease, list, std::string(kTakesKind), "application/json"));
    return keep(lease, file, "speech", media::audio_format_mime_type(spoken.format), takes.speech_id);
  }

  [[nodiscard]] Result<> label(const std::string& job_id, const std::string& name) {
    LabelStore& labels = database_.labels();
    VAT_ASSIGN(const std::vector<CountedLabel> known, labels.list(kLocalUserId));
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const Label& label) { return label.name == name; });
    std::string id = found == known.end() ? std::string() : found->id;
    if (id.empty()) {
      VAT_ASSIGN(const Label made, labels.create(kLocalUserId, name));
      id = made.id;
    }
    return labels.change(kLocalUserId, {.job_ids = {job_id}, .add = {id}, .remove = {}});
  }

  db::Database& database_;
  ObjectStore& objects_;
  const pipeline::Speech& speech_;
  const fs::path scratch_;
};

class DemoCommand : public Command {
 public:
  explicit DemoCommand(CLI::App& app)
      : Command(app, "demo", "Fill an empty data folder with recordings to look at") {
    add_data_flags(command(), settings_);
    add_service_flags(command(), services_flags_);
    add_common_flags(command(), common_);
    command().footer(
        "Three recordings in two languages, spoken by the voices of this machine, with\n"
        "their transcripts, subtitles and files, and one that failed:\n"
        "  vat demo --data demo && vat serve --data demo");
  }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    VAT_TRY(check_empty());
    VAT_TRY(make_data_folder(settings_));
    VAT_ASSIGN(const auto lock, lock_data_folder(settings_));
    VAT_ASSIGN(const auto database, db::Database::open(database_options(settings_), *bus_));
    VAT_TRY(database->migrate());
    VAT_TRY(check_no_jobs(*database));
    VAT_ASSIGN(const auto objects, objects::open_local_store(settings_.data));
    const Toolbox toolbox(common_);
    VAT_ASSIGN(tts::Engines engines, toolbox.speech_engines(services_flags_));
    const pipeline::Speech speech(std::move(engines), {});
    const Scratch scratch(objects->staging() / (make_uuid() + ".demo"));
    VAT_TRY(make_directories(scratch.path));
    DemoLibrary library(*database, *objects, speech, scratch.path);
    VAT_TRY(library.add_broken());
    int recordings = 0;
    for (const DemoStory& story : demo_stories()) {
      VAT_ASSIGN(const bool added, library.add(story, stop));
      recordings += added ? 1 : 0;
    }
    VAT_TRY(write_all(STDOUT_FILENO,
                      fmt::format("{} has {} new recordings; `vat serve --data {}` shows them.\n",
                                  settings_.data, recordings, settings_.data),
                      "standard output"));
    return 0;
  }

 private:
  [[nodiscard]] Result<> check_empty() const {
    std::error_code error;
    const fs::directory_iterator content(settings_.data, error);
    if (error || content == fs::directory_iterator()) return {};
    return fail(ErrorCode::kExists, "The data folder " + settings_.data +
                                        " is not empty; name a new one with --data, so that nothing of "
                                        "yours is mixed with the demonstration.");
  }
  [[nodiscard]] static Result<> check_no_jobs(db::Database& database) {
    JobFilter filter;
    filter.limit = 1;
    VAT_ASSIGN(const JobPage page, database.jobs().list(kLocalUserId, filter));
    if (page.jobs.empty()) return {};
    return fail(ErrorCode::kExists, "The database has jobs already; name an empty one with --database-url.");
  }

  std::unique_ptr<EventBus> bus_ = queue::make_local_bus();  // nobody listens
  ServeSettings settings_;
  ServiceFlags services_flags_;
  CommonFlags common_;
};

}  // namespace

std::unique_ptr<Command> make_demo_command(CLI::App& app) { return std::make_unique<DemoCommand>(app); }

}  // namespace vat::app

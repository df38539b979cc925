#include "worker/job_run.h"

#include <exception>

#include "base/hash.h"
#include "base/log.h"
#include "base/uuid.h"
#include "pipeline/options_json.h"
#include "pipeline/retake.h"
#include "pipeline/user_lexicon.h"
#include "subtitles/formats.h"
#include "tts/sentences.h"
#include "worker/file_stem.h"
#include "worker/link_fetch.h"

namespace vat::worker {
namespace {

namespace fs = std::filesystem;

/// Less newly recognised audio says little about the speed.
constexpr Millis kEnoughToMeasure{1'000};

std::string video_type(std::string_view extension) {
  if (extension == "mkv") return "video/x-matroska";
  if (extension == "mov") return "video/quicktime";
  return "video/" + std::string(extension);
}

constexpr const char* kMasterFile = "master.flac";

void log_failure(std::string_view what, const Error& error) {
  log(LogLevel::kWarning, what, {{"reason", error.message}, {"detail", error.detail}});
}

/// Whether a later attempt may succeed.
bool may_pass(const Error& error) {
  return error.retryable || error.code == ErrorCode::kNetwork || error.code == ErrorCode::kDiskFull;
}

}  // namespace

JobRun::JobRun(const WorkerServices& services, RunningJob& job)
    : services_(services),
      job_(job),
      speech_(services.resources.speech.of(job.job().user_id)),
      resources_(services.resources.with_speech(speech_)),
      told_(job),
      observer_(told_.observer()),
      title_(job.job().title),
      upload_key_(job.claimed().upload_key) {}

AttemptEnd JobRun::run() {
  try {
    return report_end(make_everything());
  } catch (const std::exception& exception) {
    return report_failure(
        Error(ErrorCode::kInternal, "The job failed because of a bug in this program.", exception.what()));
  }
}

Result<> JobRun::make_everything() {
  enter(Stage::kPrepare);
  VAT_ASSIGN(options_, pipeline::job_options_from_stored_json(job_.job().options));
  VAT_ASSIGN(uploads::WorkFolder folder, uploads::WorkFolder::create(services_.objects));
  folder_.emplace(std::move(folder));
  told_.call(folder_->path().string() + "/", "");
  if (services_.lexicons != nullptr) {
    VAT_ASSIGN(auto lexicon, pipeline::lexicon_of(*services_.lexicons, job_.job().user_id));
    speech_ = speech_.with_lexicon(std::move(lexicon));
  }
  const bool text = job_.job().kind == JobKind::kSpeech;
  if (!text) VAT_TRY(fetch_from_link());
  plan_ = {.folder = folder_->path(),
           .stem = text ? text_stem(title_) : recording_stem(title_),
           .overwrite = Overwrite::kReplace};
  VAT_TRY(text ? speak_text() : process());
  return job_.persist([&] { return job_.write_events(true); });
}

Result<> JobRun::speak_text() {
  enter(Stage::kSpeak);
  if (!tts::is_speakable(job_.job().input_text))
    return fail(ErrorCode::kInvalidArgument, "The text has no words to speak.");
  const std::string& language = options_.recognition.language;
  const std::string name = plan_.stem + "." + std::string(media::audio_format_name(options_.spoken.format));
  pipeline::SpeechMaster master{.path = plan_.folder / kMasterFile};
  const pipeline::SpeechTarget target{.path = plan_.folder / name, .title = plan_.stem, .master = &master};
  const std::string spoken_in = language == "auto" ? "en" : language;
  VAT_ASSIGN(const tts::NarrationReport report,
             resources_.speech.speak(job_.job().input_text, spoken_in, options_.spoken, target,
                                     observer_.progress, job_.stop_token()));
  for (const std::string& warning : report.warnings) told_.note(warning);
  return keep_speech(target.path, "speech",
                     std::string(media::audio_format_mime_type(options_.spoken.format)),
                     pipeline::takes_of(report, plan_.stem, spoken_in, options_.spoken, master));
}

Result<> JobRun::process() {
  if (options_.dub) {
    // Reports that a recording cannot be dubbed before an hour of recognition.
    VAT_ASSIGN(const fs::path input, recording());
    VAT_ASSIGN(dub_extension_, pipeline::dub_extension(resources_.media, options_, input));
  }
  VAT_ASSIGN(const Transcript recognised, transcript());
  enter(Stage::kSubtitles);
  VAT_ASSIGN(const subtitles::ShapedCues cues, pipeline::shape_cues(recognised, options_));
  VAT_TRY(write_texts(recognised, cues));
  if (options_.speech || options_.dub) VAT_TRY(cast_speakers(recognised));
  if (options_.speech) VAT_TRY(speak(recognised));
  if (options_.dub) VAT_TRY(dub(recognised, cues));
  return {};
}

/// Nothing if the recording is here.
Result<> JobRun::fetch_from_link() {
  if (!upload_key_.empty() || job_.job().source_url.empty()) return {};
  enter(Stage::kFetch);
  VAT_ASSIGN(FetchedRecording fetched, fetch_recording(services_, job_));
  upload_key_ = std::move(fetched.key);
  title_ = std::move(fetched.title);
  enter(Stage::kPrepare);
  return {};
}

Result<fs::path> JobRun::recording() {
  if (!object_) {
    VAT_ASSIGN(object_, job_.persist([&] { return services_.objects.get(upload_key_); }));
    told_.call(object_->path.string(), title_);
    told_.call(object_->path.filename().string(), title_);
  }
  return object_->path;
}

/// The transcript of an earlier attempt or a person's edit of it; otherwise transcribes now.
Result<Transcript> JobRun::transcript() {
  if (!job_.job().transcript_done) return transcribe();
  auto stored = job_.persist([&] { return services_.transcripts.get(job_.job().user_id, job_.job().id); });
  if (stored) {
    for (const std::string& warning : stored->transcript.warnings) told_.note(warning);
    return std::move(stored->transcript);
  }
  if (stored.error().code != ErrorCode::kNotFound) return fail(std::move(stored).error());
  return transcribe();
}

Result<Transcript> JobRun::transcribe() {
  VAT_ASSIGN(const fs::path input, recording());
  VAT_ASSIGN(const std::unique_ptr<AudioSource> sound,
             resources_.media.open(input, {.track = options_.track, .stop = job_.stop_token()}));
  VAT_TRY(keep_pictures(input));
  VAT_ASSIGN(pipeline::PreparedRecognition recognition,
             pipeline::prepare_recognition(resources_, options_, observer_, job_.stop_token()));
  enter(Stage::kTranscribe);
  describe(*recognition.engine.model, sound->duration().value_or(Millis(0)));
  VAT_TRY(open_checkpoint(recognition.identity));
  media::WaveformSource drawn(*sound, folder_->path());
  const pipeline::SpeakerSources speakers{.open_channel = [&](int channel) {
    return resources_.media.open(input,
                                 {.track = options_.track, .channel = channel, .stop = job_.stop_token()});
  }};
  VAT_ASSIGN(Transcript recognised,
             pipeline::transcribe(resources_, drawn, std::move(recognition), options_, checkpoint_.get(),
                                  observer_, job_.stop_token(), speakers));
  VAT_TRY(keep_waveform(drawn));
  for (std::string& warning : recognised.warnings) warning = told_.for_user(std::move(warning));
  VAT_TRY(keep_transcript(recognised));
  record_speed(recognised);
  return recognised;
}

/// First, so that whoever waits for the text has something to see. A recording without pictures is as good.
Result<> JobRun::keep_pictures(const fs::path& input) {
  if (job_.job().has_thumbnail) return {};
  auto pictures = resources_.media.pictures(input, job_.stop_token());
  auto files =
      pictures ? media::write_pictures(*pictures, folder_->path()) : fail(std::move(pictures).error());
  if (!files) {
    log_failure("The pictures were not made.", files.error());
    return {};
  }
  for (const media::PictureFile& file : *files)
    VAT_TRY(keep_artifact(file.path, file.kind, file.content_type));
  return {};
}

/// Before the transcript, after which a later attempt does not read the recording again.
Result<> JobRun::keep_waveform(media::WaveformSource& drawn) {
  const auto files = drawn.finish();
  if (!files) {
    log_failure("The waveform was not drawn.", files.error());
    return {};
  }
  for (const fs::path& file : *files) VAT_TRY(keep_artifact(file, "waveform", media::kWaveformContentType));
  return {};
}

/// For waiting clients; keep_transcript() stores it again.
void JobRun::describe(const RecognitionModel& model, Millis duration) {
  const JobQueue::Facts known{.engine = model.engine(), .model = model.name(), .duration = duration};
  if (auto kept = services_.queue.describe(job_.lease(), known); !kept)
    log_failure("The engine was not stored.", kept.error());
}

Result<> JobRun::open_checkpoint(const std::string& identity) {
  VAT_ASSIGN(auto store, job_.persist([&] {
    return services_.queue.checkpoint(job_.lease(), hash_hex(Digest::kSha256, identity));
  }));
  checkpoint_ = std::make_unique<JobCheckpoint>(std::move(store), job_);
  return {};
}

Result<> JobRun::keep_transcript(const Transcript& recognised) {
  VAT_TRY(job_.persist([&] { return job_.write_events(true); }));
  const JobQueue::Facts facts{.engine = recognised.engine,
                              .model = recognised.model,
                              .language = recognised.language,
                              .duration = recognised.duration};
  VAT_TRY(job_.persist([&] { return services_.queue.describe(job_.lease(), facts); }));
  return job_.persist([&] { return services_.queue.save_transcript(job_.lease(), recognised); });
}

void JobRun::record_speed(const Transcript& recognised) {
  const Millis fresh = recognised.duration - (checkpoint_ ? checkpoint_->known() : Millis(0));
  if (fresh < kEnoughToMeasure || recognised.timings.total <= 0) return;
  const double speed = to_seconds(fresh) / recognised.timings.total;
  log(LogLevel::kInfo, "The recording was transcribed.",
      {{"engine", recognised.engine}, {"model", recognised.model}, {"speed", speed}});
  // Losing an estimate costs only precision.
  if (auto kept = services_.speeds.record(recognised.engine, recognised.model, speed); !kept)
    log_failure("The speed was not stored.", kept.error());
}

Result<> JobRun::write_texts(const Transcript& recognised, const subtitles::ShapedCues& cues) {
  VAT_TRY(pipeline::write_transcript(recognised, cues, plan_, options_));
  for (const subtitles::Format format : options_.formats)
    VAT_TRY(
        keep_artifact(plan_.transcript(format), "transcript", std::string(subtitles::media_type(format))));
  return {};
}

/// The recording may be gone by now, when an edited transcript is spoken again.
Result<> JobRun::cast_speakers(const Transcript& recognised) {
  enter(Stage::kSpeak);
  const pipeline::OpenSound open = [this]() -> Result<std::unique_ptr<AudioSource>> {
    VAT_ASSIGN(const fs::path input, recording());
    return resources_.media.open(input, {.track = options_.track, .stop = job_.stop_token()});
  };
  VAT_ASSIGN(cast_, pipeline::cast_speakers(speech_, recognised, options_.spoken, open, observer_.note,
                                            job_.stop_token()));
  return {};
}

Result<> JobRun::speak(const Transcript& recognised) {
  enter(Stage::kSpeak);
  pipeline::SpeechMaster master{.path = plan_.folder / kMasterFile};
  const pipeline::SpeechTarget target{
      .path = plan_.speech(options_.spoken.format), .title = plan_.stem, .master = &master};
  VAT_ASSIGN(const auto report, pipeline::speak_transcript(resources_, recognised, options_.spoken, cast_,
                                                           target, observer_, job_.stop_token()));
  if (!report) return {};
  return keep_speech(target.path, "speech",
                     std::string(media::audio_format_mime_type(options_.spoken.format)),
                     pipeline::takes_of(*report, plan_.stem, pipeline::spoken_language(recognised),
                                        options_.spoken, master));
}

Result<> JobRun::dub(const Transcript& recognised, const subtitles::ShapedCues& cues) {
  enter(Stage::kMux);
  VAT_ASSIGN(const fs::path input, recording());
  const fs::path scratch = plan_.folder / "scratch";
  VAT_TRY(make_directories(scratch));
  pipeline::SpeechMaster master{.path = plan_.folder / kMasterFile};
  const pipeline::DubTarget target{.path = plan_.dub(dub_extension_),
                                   .extension = dub_extension_,
                                   .scratch = scratch,
                                   .track = options_.track,
                                   .master = &master};
  VAT_ASSIGN(const auto report, pipeline::dub_recording(resources_, input, recognised, cues, options_.spoken,
                                                        cast_, target, observer_, job_.stop_token()));
  if (!report) return {};
  pipeline::SpeechOptions spoken = options_.spoken;
  spoken.format = pipeline::dub_speech_format(spoken, dub_extension_);
  pipeline::SpeechTakes takes =
      pipeline::takes_of(*report, "", pipeline::spoken_language(recognised), spoken, master, true);
  return keep_speech(target.path, "dub", video_type(dub_extension_), std::move(takes));
}

/// With all that one sentence of it can be made again with. The list comes first, and names the speech that
/// it is of: until that is there, the speech of an earlier attempt has no list, and so is never made of
/// another one's sound.
Result<> JobRun::keep_speech(const fs::path& file, const std::string& kind, std::string content_type,
                             pipeline::SpeechTakes takes) {
  const std::string name = file.filename().string();
  takes.speech_id = make_uuid();
  const fs::path list = plan_.folder / "takes.json";
  VAT_TRY(write_file_atomically(list, to_json(takes), Overwrite::kReplace));
  VAT_TRY(
      keep_artifact(list, std::string(kTakesKind), "application/json", {.name = pipeline::takes_name(name)}));
  VAT_TRY(keep_artifact(plan_.folder / kMasterFile, std::string(kMasterKind), "audio/flac",
                        {.name = pipeline::master_name(name)}));
  return keep_artifact(file, kind, std::move(content_type), {.id = takes.speech_id});
}

/// From now on the file belongs to the user, however the job ends.
Result<> JobRun::keep_artifact(const fs::path& file, const std::string& kind, std::string content_type,
                               const ArtifactIdentity& identity) {
  Artifact artifact{.id = identity.id.empty() ? make_uuid() : identity.id,
                    .job_id = job_.job().id,
                    .name = identity.name.empty() ? file.filename().string() : identity.name,
                    .kind = kind,
                    .content_type = std::move(content_type),
                    .object_key = make_object_key("artifacts")};
  std::error_code error;
  artifact.size = fs::file_size(file, error);
  if (error) return fail(system_error(error.value(), "read", file.string()));
  VAT_ASSIGN(artifact.sha256, hash_file(Digest::kSha256, file));
  VAT_TRY(services_.objects.put(artifact.object_key, file));
  int attempts = 0;
  auto replaced = job_.persist([&] {
    ++attempts;
    return services_.queue.save_artifact(job_.lease(), artifact);
  });
  if (replaced) {
    if (!replaced->empty() && *replaced != artifact.object_key) remove_object(*replaced);
    return {};
  }
  // After a lost connection it is unknown whether the row was written, so the file stays.
  if (attempts == 1 && replaced.error().code == ErrorCode::kCancelled) remove_object(artifact.object_key);
  return fail(std::move(replaced).error());
}

void JobRun::remove_object(const std::string& key) {
  if (auto removed = services_.objects.remove(key); !removed)
    log_failure("An orphaned file was not removed.", removed.error());
}

AttemptEnd JobRun::report_end(Result<> made) {
  if (made) made = job_.persist([&] { return services_.queue.complete(job_.lease(), told_.warnings()); });
  if (made) {
    log(LogLevel::kInfo, "The job is complete.");
    return {};
  }
  switch (job_.stop_reason()) {
    case StopReason::kCancelled:
      log(LogLevel::kInfo, "The job was cancelled.");
      return {.state = JobState::kCancelled};
    case StopReason::kLost:
      log(LogLevel::kWarning, "The job was left to another worker.");
      return {.state = JobState::kQueued, .lost = true};
    case StopReason::kShutdown:
      if (auto released = services_.queue.release(job_.lease()); !released)
        log_failure("The job was not released.", released.error());
      log(LogLevel::kInfo, "The job returns to the queue.");
      return {.state = JobState::kQueued};
    case StopReason::kNone:
      break;
  }
  return report_failure(std::move(made).error());
}

AttemptEnd JobRun::report_failure(Error error) {
  // The queue reports a lost lease; nothing may be written then.
  if (error.code == ErrorCode::kCancelled) {
    log_failure("The job no longer belongs to this worker.", error);
    // Whoever still beats was not dead, and the loss is not the job's fault.
    (void)services_.queue.heartbeat(job_.lease(), job_.progress());
    return {.state = JobState::kQueued, .error = std::move(error), .lost = true};
  }
  const bool again = may_pass(error);
  error.message = told_.for_user(std::move(error.message));
  log(LogLevel::kWarning, "A stage of the job failed.",
      {{"stage", stage_name(stage_)},
       {"code", traits(error.code).name},
       {"reason", error.message},
       {"detail", error.detail},
       {"retryable", again}});
  const JobFailure failure{.code = error.code, .message = error.message, .stage = stage_};
  (void)job_.persist([&] { return job_.write_events(true); });
  auto reported = job_.persist([&] { return services_.queue.fail_job(job_.lease(), failure, again); });
  if (!reported) log_failure("The failure was not stored.", reported.error());
  return {.state = again ? JobState::kQueued : JobState::kFailed, .error = std::move(error)};
}

void JobRun::enter(Stage stage) {
  stage_ = stage;
  job_.set_progress({.stage = stage});
}

}  // namespace vat::worker

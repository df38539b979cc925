// One attempt at a job, starting from the results of earlier attempts. Internal to worker.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "media/waveform.h"
#include "pipeline/result_files.h"
#include "pipeline/stages.h"
#include "pipeline/takes.h"
#include "uploads/work_folder.h"
#include "worker/job_checkpoint.h"
#include "worker/job_observer.h"
#include "worker/running_job.h"
#include "worker/worker.h"

namespace vat::worker {

/// How an attempt ended.
struct AttemptEnd {
  JobState state = JobState::kCompleted;  ///< kQueued: released, or to be retried.
  std::optional<Error> error;
  bool lost = false;  ///< Another worker has the job.
};

/// What an artifact is called, where it is not as its file, and its id, where that is known before.
struct ArtifactIdentity {
  std::string name = {};
  std::string id = {};
};

class JobRun {
 public:
  /// Everything must outlive the run.
  JobRun(const WorkerServices& services, RunningJob& job);

  /// Blocks until the job has ended or was stopped, and reports the end to the queue.
  [[nodiscard]] AttemptEnd run();

 private:
  [[nodiscard]] Result<> make_everything();
  [[nodiscard]] Result<> speak_text();
  [[nodiscard]] Result<> process();
  [[nodiscard]] Result<> fetch_from_link();
  [[nodiscard]] Result<std::filesystem::path> recording();
  [[nodiscard]] Result<Transcript> transcript();
  [[nodiscard]] Result<Transcript> transcribe();
  [[nodiscard]] Result<> keep_pictures(const std::filesystem::path& input);
  [[nodiscard]] Result<> keep_waveform(media::WaveformSource& drawn);
  void describe(const RecognitionModel& model, Millis duration);
  [[nodiscard]] Result<> open_checkpoint(const std::string& identity);
  [[nodiscard]] Result<> keep_transcript(const Transcript& transcript);
  void record_speed(const Transcript& transcript);
  [[nodiscard]] Result<> write_texts(const Transcript& transcript, const subtitles::ShapedCues& cues);
  [[nodiscard]] Result<> cast_speakers(const Transcript& transcript);
  [[nodiscard]] Result<> speak(const Transcript& transcript);
  [[nodiscard]] Result<> dub(const Transcript& transcript, const subtitles::ShapedCues& cues);
  [[nodiscard]] Result<> keep_speech(const std::filesystem::path& file, const std::string& kind,
                                     std::string content_type, pipeline::SpeechTakes takes);
  [[nodiscard]] Result<> keep_artifact(const std::filesystem::path& file, const std::string& kind,
                                       std::string content_type, const ArtifactIdentity& identity = {});
  void remove_object(const std::string& key);

  [[nodiscard]] AttemptEnd report_end(Result<> made);
  [[nodiscard]] AttemptEnd report_failure(Error error);

  void enter(Stage stage);

  const WorkerServices& services_;
  RunningJob& job_;
  pipeline::Speech speech_;  ///< Its user's.
  const pipeline::Resources resources_;
  JobObserver told_;
  const pipeline::Observer observer_;
  pipeline::JobOptions options_;
  std::string title_;
  std::string upload_key_;  ///< Empty until the recording is here.
  std::optional<uploads::WorkFolder> folder_;
  pipeline::ResultPlan plan_;
  std::string dub_extension_;
  pipeline::Cast cast_;
  std::optional<LocalObject> object_;
  std::unique_ptr<JobCheckpoint> checkpoint_;
  Stage stage_ = Stage::kPrepare;  ///< The stage that an error belongs to.
};

}  // namespace vat::worker

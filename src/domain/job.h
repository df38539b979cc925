// A job of the service: its states, and the table of its transitions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "base/utc_time.h"
#include "domain/progress.h"

namespace vat {

enum class JobState { kQueued, kProcessing, kCompleted, kFailed, kCancelled };
[[nodiscard]] std::string_view job_state_name(JobState state);  ///< "queued", ...
[[nodiscard]] std::optional<JobState> parse_job_state(std::string_view name);
/// Completed, failed or cancelled: no worker works on it any more.
[[nodiscard]] bool is_final(JobState state);

/// What can happen to a job.
enum class JobAction {
  kClaim,     ///< A worker takes it.
  kComplete,  ///< Its worker finished everything.
  kFail,      ///< Its worker failed for good, or the attempts are used up.
  kPostpone,  ///< Its worker met a temporary failure, or is shutting down: back to the queue.
  kLose,      ///< The lease ran out: the worker died. Back into the queue.
  kSetAside,  ///< The lease ran out for the last time that is allowed.
  kCancel,    ///< Its user stops it.
  kRetry,     ///< Its user starts it again from the stage that failed or was stopped.
};
/// The state after the action; empty when the action is not allowed in that state.
[[nodiscard]] std::optional<JobState> next_state(JobState state, JobAction action);

enum class JobKind {
  kProcess,  ///< A recording into transcript, subtitles and speech.
  kSpeech,   ///< A text into speech; has no upload.
};
[[nodiscard]] std::string_view job_kind_name(JobKind kind);  ///< "process", "speech".
[[nodiscard]] std::optional<JobKind> parse_job_kind(std::string_view name);

struct JobFailure {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  ///< One sentence for the user.
  Stage stage = Stage::kPrepare;
};

/// Its current progress; overwritten often.
struct JobProgress {
  Stage stage = Stage::kPrepare;
  double fraction = 0;        ///< Of the stage, [0, 1].
  Millis done{0};             ///< Of the recording, in this stage.
  double speed = 0;           ///< Multiple of real time; 0 until measured.
  std::string fetching = {};  ///< The model that it waits for; empty for none. Not stored.

  friend bool operator==(const JobProgress&, const JobProgress&) = default;
};

struct Job {
  std::string id;  ///< UUID.
  std::string user_id;
  JobKind kind = JobKind::kProcess;
  JobState state = JobState::kQueued;
  std::string title;       ///< The upload's file name, or the first words of the text.
  std::string upload_id;   ///< Empty for JobKind::kSpeech.
  std::string source_url;  ///< Where the upload's bytes are fetched from; empty when they were sent.
  std::string options;     ///< JSON of pipeline::JobOptions (pipeline/options_json.h).
  std::string input_text;  ///< What JobKind::kSpeech speaks, UTF-8; empty otherwise. Not filled in lists.
  int priority = 0;        ///< -10 to 10; higher runs first.
  JobProgress progress;
  /// Finished stages, so that a retry starts after them.
  bool transcript_done = false;
  int attempt = 0;       ///< How often a worker started it since it was created or retried by its user.
  int lost_workers = 0;  ///< How often its worker died while running it, since then.
  std::string engine;    ///< Of recognition; empty until known.
  std::string model;
  std::string language;               ///< Spoken; empty until known.
  Millis duration{0};                 ///< Of the recording; zero until known.
  std::optional<JobFailure> failure;  ///< Of the last attempt.
  bool has_waveform = false;          ///< Its artifacts of that kind are there.
  bool has_thumbnail = false;
  bool has_filmstrip = false;
  std::vector<std::string> warnings;  ///< One sentence each.
  std::string webhook_url;            ///< Told when the job ends; empty: only the account's webhooks.
  UtcTime created_at;
  UtcTime updated_at;
  std::optional<UtcTime> started_at;   ///< Of the last attempt.
  std::optional<UtcTime> finished_at;  ///< When it became final.
  std::optional<UtcTime> not_before;   ///< A postponed job waits until then.
};

/// A file that a job made.
struct Artifact {
  std::string id;  ///< UUID.
  std::string job_id;
  std::string name;          ///< "talk.srt"; unique in its job.
  std::string kind;          ///< One that is_result() or is_preview(), or of those of a speech's takes.
  std::string content_type;  ///< "text/vtt; charset=utf-8".
  std::uint64_t size = 0;    ///< Bytes.
  std::string sha256;        ///< Lower-case hexadecimal.
  std::string object_key;
  UtcTime created_at;
};

/// Of what shows the recording in a player, and is not asked for by name: "waveform", "thumbnail",
/// "filmstrip".
[[nodiscard]] bool is_preview(std::string_view kind);
/// Of what its user asked for: "transcript", "speech", "dub".
[[nodiscard]] bool is_result(std::string_view kind);
/// Of what one sentence of a speech is made again with: the list of the sentences, the sound of all of them,
/// and that of one.
inline constexpr std::string_view kTakesKind = "takes";
inline constexpr std::string_view kMasterKind = "master";
inline constexpr std::string_view kTakeKind = "take";

/// Something that happened, in order. Clients replay these after a lost connection.
struct JobEvent {
  std::int64_t id = 0;  ///< Ascends over all events of the database.
  std::string job_id;
  std::string user_id;
  std::string type;  ///< "state", "segment", "artifact", "warning", "transcript", "labels", "deleted".
  std::string data;  ///< One JSON object in one line.
  UtcTime created_at;
};

}  // namespace vat

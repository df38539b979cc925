// The port through which workers claim jobs and report on them. A worker holds a job by a lease, which it
// renews while it lives; the job of a dead worker is given to another. Implemented by db.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/checkpoint.h"
#include "domain/job.h"
#include "domain/transcript.h"

namespace vat {

/// Proves that its holder may still write about the job. A lost lease is rejected everywhere.
struct Lease {
  std::string job_id;
  std::string token;  ///< Random; changes with every claim.
};

struct ClaimRequest {
  std::string worker;                       ///< Names the process, for operators: "host:1234".
  std::chrono::milliseconds lease{30'000};  ///< Time until it expires without a heartbeat.
  int max_per_user = 2;                     ///< Running jobs of one user at a time.
  std::vector<Lease> held;                  ///< Of the same process: when expired, they are renewed.
};

struct ClaimedJob {
  Job job;  ///< With input_text.
  Lease lease;
  /// Of the recording in the object store; empty for JobKind::kSpeech, and until it is fetched from
  /// `job.source_url`.
  std::string upload_key;
};

/// The result of a heartbeat.
enum class LeaseState {
  kHeld,
  kReturned,   ///< Held again: it had expired and was ended, but nobody had begun the job.
  kCancelled,  ///< The user cancelled the job; stop at once.
  kLost,       ///< Another worker may have it; stop and write nothing.
};

struct QueueLimits {
  int max_attempts = 5;      ///< Attempts with retryable failures, after which the job fails for good.
  int max_lost_workers = 2;  ///< Workers that died while running it, after which it is marked as failed.
};

struct QueueDepth {
  std::uint64_t queued = 0;
  std::uint64_t processing = 0;
  std::optional<UtcTime> oldest_queued;
};

/// Where a user's waiting jobs stand in the queue.
struct QueuePlaces {
  /// From 1, by the job's id: by priority, then by age, among those of everybody. Those behind the first
  /// kMaxQueuePlaces are not in it. A user who has many running waits longer than this says.
  std::map<std::string, std::uint64_t> places;
  std::uint64_t running = 0;  ///< Of the user's jobs.
};
inline constexpr int kMaxQueuePlaces = 10'000;

/// Safe to use from any thread, by many processes on one database. Methods that take a lease return
/// kCancelled when it is lost. An owner that was late because it was suspended, say, has lost the lease only
/// if another worker has begun the job in the meantime, and that does not count against the job. Every change
/// adds its event and its webhook deliveries in the same transaction and notifies the EventBus afterwards.
class JobQueue {
 public:
  virtual ~JobQueue() = default;

  /// The next job by priority, then by age, fair among users, none of a user who has `max_per_user` running.
  /// First releases the jobs of dead workers. Empty when there is nothing to do now.
  [[nodiscard]] virtual Result<std::optional<ClaimedJob>> claim(const ClaimRequest& request) = 0;
  /// Renews the lease for the duration of the claim, and stores the progress.
  [[nodiscard]] virtual Result<LeaseState> heartbeat(const Lease& lease, const JobProgress& progress) = 0;

  /// Facts about the recording that become known during the work; empty and zero fields are ignored.
  struct Facts {
    std::string engine, model, language;
    Millis duration{0};
    std::string title;
  };
  [[nodiscard]] virtual Result<> describe(const Lease& lease, const Facts& facts) = 0;
  /// Adds events of the running job ("segment", "warning") in order.
  [[nodiscard]] virtual Result<> add_events(
      const Lease& lease, const std::vector<std::pair<std::string, std::string>>& type_and_data) = 0;
  /// Stores the first revision of the transcript and its searchable text, and marks the stage as done; a
  /// retry replaces it. `document` is to_json(Transcript).
  [[nodiscard]] virtual Result<> save_transcript(const Lease& lease, const Transcript& transcript) = 0;
  /// Records a finished file. Replaces one of the same name and returns the key of its object for the caller
  /// to remove (empty: none, or still in use).
  [[nodiscard]] virtual Result<std::string> save_artifact(const Lease& lease, const Artifact& artifact) = 0;

  [[nodiscard]] virtual Result<> complete(const Lease& lease, const std::vector<std::string>& warnings) = 0;
  /// With `retryable` and attempts left: queued again, after a delay that doubles with each attempt (2 s to 5
  /// min). Otherwise failed.
  [[nodiscard]] virtual Result<> fail_job(const Lease& lease, const JobFailure& failure, bool retryable) = 0;
  /// The worker shuts down: queued again at once; the attempt does not count.
  [[nodiscard]] virtual Result<> release(const Lease& lease) = 0;

  /// Finished chunks of the job under `identity` (what the text depends on besides the audio); those of
  /// another identity are discarded. Writes are rejected once the lease is lost. The store must not outlive
  /// the queue or the lease.
  [[nodiscard]] virtual Result<std::unique_ptr<CheckpointStore>> checkpoint(const Lease& lease,
                                                                            const std::string& identity) = 0;

  [[nodiscard]] virtual Result<QueueDepth> depth() = 0;
  /// Jobs of all users in each state, in the order of JobState; for metrics.
  [[nodiscard]] virtual Result<std::vector<std::uint64_t>> count_by_state() = 0;
  [[nodiscard]] virtual Result<QueuePlaces> places(const std::string& user_id) = 0;
  /// Total length of the queued and running recordings ahead of a new job of this priority; for the ETA.
  /// Recordings of unknown length count as one minute.
  [[nodiscard]] virtual Result<Millis> waiting_ahead(const std::string& job_id) = 0;
};

/// The measured speed of recognition on this installation, so that a waiting job has an ETA. Safe to use from
/// any thread.
class SpeedStore {
 public:
  virtual ~SpeedStore() = default;
  /// Blends a measured multiple of real time into the average (weight 0.3).
  [[nodiscard]] virtual Result<> record(const std::string& engine, const std::string& model,
                                        double speed) = 0;
  /// 0 while nothing has been measured for it. With an empty model, that of any model of the engine; with
  /// both empty, the most recent one.
  [[nodiscard]] virtual Result<double> find(const std::string& engine, const std::string& model) = 0;
};

}  // namespace vat

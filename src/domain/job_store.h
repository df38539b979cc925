// The port to the users' side of jobs: creating, listing, cancelling. Workers use domain/job_queue.h.
// Implemented by db.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/job.h"

namespace vat {

struct NewJob {
  std::string user_id;
  JobKind kind = JobKind::kProcess;
  std::string title;
  std::string upload_id;   ///< Of a complete upload of the same user; empty for JobKind::kSpeech.
  std::string options;     ///< JSON.
  std::string input_text;  ///< For JobKind::kSpeech.
  int priority = 0;
  std::string webhook_url;
  /// Instead of an upload: where its worker fetches the recording from. A receiving upload is made for it,
  /// with `source_name` as its file name.
  std::string source_url;
  std::string source_name;
};

/// Repeating a request with the same key returns the same jobs; the same key with another request is kExists.
struct IdempotencyKey {
  std::string key;           ///< At most 255 bytes.
  std::string request_hash;  ///< SHA-256 of the request.
};

struct CreatedJobs {
  std::vector<Job> jobs;
  bool replayed = false;  ///< They were created by an earlier request with the same key.
};

/// What a user may change of a job; empty members stay as they are.
struct JobChanges {
  std::optional<int> priority;       ///< -10 to 10.
  std::optional<std::string> title;  ///< UTF-8.
};

/// Files of a job in place of others, all at once.
struct ArtifactChange {
  std::string based_on;              ///< Id of a file that must still be there.
  std::vector<Artifact> made;        ///< Each in place of the one with its name, if there is one.
  std::vector<std::string> dropped;  ///< Names of those that go.
};

struct JobFilter {
  std::optional<JobState> state;
  std::optional<JobKind> kind;
  std::string title;     ///< Jobs whose title contains it, ignoring case; empty: all.
  std::string label_id;  ///< Jobs that have the label; empty: all.
  std::optional<UtcTime> created_after;
  std::optional<UtcTime> created_before;
  std::string after_id;    ///< Id of the previous page's last job. Empty: the newest jobs.
  std::size_t limit = 50;  ///< 1 to 200.
};

struct JobPage {
  std::vector<Job> jobs;  ///< Newest first, without input_text.
  bool more = false;
};

/// Safe to use from any thread, by many at once. Every call blocks on the database: kUnavailable, retryable,
/// while that is not available. A job of another user is kNotFound, as if it did not exist. Every change of a
/// job adds its event and its webhook deliveries in the same transaction, and notifies the EventBus
/// afterwards.
class JobStore {
 public:
  virtual ~JobStore() = default;

  /// All or none. kNotFound when an upload does not exist, is not complete, or belongs to another user.
  [[nodiscard]] virtual Result<CreatedJobs> create(const std::vector<NewJob>& jobs,
                                                   const std::optional<IdempotencyKey>& idempotency) = 0;
  /// The jobs that a request with this key created; empty when there was none. kExists for another request.
  [[nodiscard]] virtual Result<std::vector<Job>> find_idempotent(const std::string& user_id,
                                                                 const IdempotencyKey& idempotency) = 0;
  [[nodiscard]] virtual Result<Job> get(const std::string& user_id, const std::string& job_id) = 0;
  [[nodiscard]] virtual Result<JobPage> list(const std::string& user_id, const JobFilter& filter) = 0;
  /// How many jobs of the user are in each state, in the order of JobState.
  [[nodiscard]] virtual Result<std::vector<std::uint64_t>> count_by_state(const std::string& user_id) = 0;

  /// Cancels a queued job at once; the worker of a running one is told through the EventBus and its next
  /// heartbeat. kExists (409) when the job is already final.
  [[nodiscard]] virtual Result<Job> cancel(const std::string& user_id, const std::string& job_id) = 0;
  /// Queues a failed or cancelled job again; finished stages and chunks are kept. kExists (409) otherwise.
  [[nodiscard]] virtual Result<Job> retry(const std::string& user_id, const std::string& job_id) = 0;
  [[nodiscard]] virtual Result<Job> change(const std::string& user_id, const std::string& job_id,
                                           const JobChanges& changes) = 0;

  /// Removes the job with its chunks, transcripts, events and artifacts, and its upload if no other job uses
  /// it. Returns the keys of objects that are no longer referenced; the caller must remove them. kExists
  /// (409) for a running job: cancel it first.
  [[nodiscard]] virtual Result<std::vector<std::string>> remove(const std::string& user_id,
                                                                const std::string& job_id) = 0;

  [[nodiscard]] virtual Result<std::vector<Artifact>> artifacts(const std::string& user_id,
                                                                const std::string& job_id) = 0;
  [[nodiscard]] virtual Result<Artifact> artifact(const std::string& user_id, const std::string& job_id,
                                                  const std::string& name) = 0;

  /// Changes files of a job that has ended. Returns the keys of objects that are no longer referenced, for
  /// the caller to remove; empty, and nothing is changed, when what it is based on is gone. kExists while the
  /// job waits or runs.
  [[nodiscard]] virtual Result<std::optional<std::vector<std::string>>> change_artifacts(
      const std::string& user_id, const std::string& job_id, const ArtifactChange& change) = 0;

  /// Events with id > `after_id`, oldest first, of one job or, with `job_id` empty, of all the user's.
  [[nodiscard]] virtual Result<std::vector<JobEvent>> events(const std::string& user_id,
                                                             const std::string& job_id, std::int64_t after_id,
                                                             std::size_t limit) = 0;
  /// Id of the newest event of the user; 0 when there is none.
  [[nodiscard]] virtual Result<std::int64_t> last_event_id(const std::string& user_id) = 0;
};

}  // namespace vat

// Claims jobs from the queue and runs them, several at once, until stopped.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "domain/event_bus.h"
#include "domain/http_download.h"
#include "domain/job_queue.h"
#include "domain/lexicon_store.h"
#include "domain/object_store.h"
#include "domain/transcript_store.h"
#include "links/fetch.h"
#include "links/media_page.h"
#include "pipeline/stages.h"
#include "uploads/intake.h"

namespace vat::worker {

struct WorkerOptions {
  std::string name;      ///< "host:pid"; shown to operators.
  int parallel = 3;      ///< Jobs at once; they share the chunk pool's threads. 0 claims none.
  int max_per_user = 2;  ///< Running jobs of one user at a time.
  std::chrono::milliseconds lease{30'000};
  /// Queries the queue at least this often, and once in each lease, in addition to notifications.
  std::chrono::milliseconds poll{5'000};
};

/// How the recordings of links come here. Everything must outlive the worker.
struct LinkServices {
  HttpDownloader& http;  ///< Calls only what users may make this machine call.
  uploads::Intake& intake;
  links::FetchLimits limits;
  links::PageProgram page_program = {};  ///< Asked first.
};

/// Everything must outlive the worker.
struct WorkerServices {
  JobQueue& queue;
  SpeedStore& speeds;
  TranscriptStore& transcripts;
  ObjectStore& objects;
  EventBus& bus;
  const pipeline::Resources& resources;
  const LinkServices* links = nullptr;  ///< Null: jobs of links fail.
  LexiconStore* lexicons = nullptr;     ///< Null: nobody has one.
};

/// The outcome of one attempt at a job, for logs and metrics.
struct JobOutcome {
  const Job& job;
  /// kQueued when it was released, or failed temporarily.
  JobState state = JobState::kCompleted;
  const Error* error = nullptr;
  std::chrono::duration<double> duration{0};
};

/// What became of a job whose lease expired although its worker lived.
enum class LateLease { kKept, kLost };

/// An attempt continues where earlier ones ended: finished chunks are not recognised again, a finished
/// transcript (or a person's newest edit of it) is reused, and every file is in the store and in the database
/// as soon as it is made. While recognition runs, each attempt adds "segment" events
/// {"index","start","end","text"}, times in seconds, from the recording's start: index 0 begins the text
/// anew.
class Worker {
 public:
  Worker(const WorkerServices& services, WorkerOptions options);
  /// Stops as stop() does, with a deadline of zero.
  ~Worker();

  /// Called on the worker's threads; must not block. Set before start().
  std::function<void(const JobOutcome&)> on_outcome;
  /// A lease was renewed only after it had expired, because this process or its machine was suspended, or the
  /// database was away: the job goes on here, or another worker has begun it. Otherwise like on_outcome.
  std::function<void(const Job&, LateLease)> on_late;

  void start();
  /// Claims no more jobs; lets running ones continue until the deadline, then stops them (their finished
  /// chunks are kept) and returns them to the queue. Returns when all threads have ended.
  void stop(std::chrono::milliseconds deadline);

  /// The progress of a job that runs in this process, fresher than the database. Empty for any other. Any
  /// thread.
  [[nodiscard]] std::optional<JobProgress> live_progress(const std::string& job_id) const;
  [[nodiscard]] int running() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vat::worker

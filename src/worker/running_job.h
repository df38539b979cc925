// A job held by a worker of this process: its lease, its progress, its events on their way to the database,
// and the reason for stopping it. Internal to worker.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "domain/job_queue.h"
#include "worker/worker.h"

namespace vat::worker {

/// Why a job is stopped before its end.
enum class StopReason {
  kNone,
  kCancelled,  ///< By its user.
  kLost,       ///< The lease expired; another worker may have it.
  kShutdown,   ///< This process is shutting down.
};

/// Safe to use from any thread.
class RunningJob {
 public:
  using Clock = std::chrono::steady_clock;

  /// `events_due` is called when waiting events are to be written at once. `queue` must outlive this.
  RunningJob(JobQueue& queue, ClaimedJob claimed, std::chrono::milliseconds lease,
             std::function<void()> events_due);

  [[nodiscard]] const ClaimedJob& claimed() const { return claimed_; }
  [[nodiscard]] const Job& job() const { return claimed_.job; }
  [[nodiscard]] const Lease& lease() const { return claimed_.lease; }

  /// The first reason counts.
  void stop(StopReason reason);
  [[nodiscard]] StopReason stop_reason() const { return reason_; }
  [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

  // Neither of these two waits for the database.
  void set_progress(const JobProgress& progress);
  void add_event(std::string type, std::string data);

  [[nodiscard]] JobProgress progress() const;
  /// Whether the progress was set since the last call.
  [[nodiscard]] bool take_progress_changed();

  /// Writes the waiting events when they are due: one of them is the first of all, or a second old, or there
  /// are many. With `all`, at once. After a failure of the database they wait for the next call.
  [[nodiscard]] Result<> write_events(bool all);

  struct Renewal {
    Clock::time_point again;  ///< When to renew next.
    bool late = false;        ///< The lease had expired before, and holds again.
  };
  /// Renews the lease, and stops the job when it is lost. While the database is not available the job goes
  /// on: an expired lease is valid until another worker takes the job. Called by one thread at a time.
  Renewal renew();

  /// Calls `write` until it returns anything but a temporary failure, or the job is stopped.
  template <class Write>
  auto persist(Write write) -> decltype(write()) {
    while (true) {
      auto result = write();
      if (result || !result.error().retryable || !pause()) return result;
    }
  }

 private:
  /// Between two attempts at the database. False when the job is stopped.
  [[nodiscard]] bool pause();

  JobQueue& queue_;
  const ClaimedJob claimed_;
  const std::chrono::milliseconds lease_length_;
  const std::function<void()> events_due_;
  std::stop_source stop_;
  std::atomic<StopReason> reason_ = StopReason::kNone;

  Clock::time_point renewed_ = Clock::now();  ///< Used by renew() only.
  bool failing_ = false;                      ///< Likewise; an outage is logged once.
  mutable std::mutex mutex_;
  std::condition_variable_any paused_;
  JobProgress progress_;
  bool progress_changed_ = false;
  std::vector<std::pair<std::string, std::string>> events_;
  bool has_events_ = false;  ///< Or had.
  bool due_ = false;
  Clock::time_point first_event_;
  std::mutex writing_;  ///< Held while events are written, so that they stay in order.
};

}  // namespace vat::worker

#include "worker/worker.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "worker/job_run.h"
#include "worker/running_job.h"

namespace vat::worker {
namespace {

using Clock = RunningJob::Clock;

constexpr std::chrono::milliseconds kBetweenWrites{1'000};

}  // namespace

struct Worker::State {
  State(const WorkerServices& s, WorkerOptions o, const Worker& w)
      : services(s), options(std::move(o)), worker(w) {}

  // The threads: several that run jobs, one that renews leases, one that writes events.
  void run_jobs();
  void renew_leases();
  void write_events();

  std::optional<ClaimedJob> next_job();
  void tell_about_queue(const Result<std::optional<ClaimedJob>>& claimed);
  std::shared_ptr<RunningJob> hold(ClaimedJob claimed, std::uint64_t cancels_before);
  void run_job(const std::shared_ptr<RunningJob>& job);
  void on_notification(const Notification& notification);
  std::vector<std::shared_ptr<RunningJob>> running_jobs();

  struct Held {
    std::shared_ptr<RunningJob> job;
    Clock::time_point renew_at;
  };

  const WorkerServices services;
  const WorkerOptions options;
  const Worker& worker;

  std::mutex claiming;      ///< One idle thread queries the queue for all.
  bool queue_away = false;  ///< Used by that thread only.

  mutable std::mutex mutex;
  std::condition_variable work;     ///< There may be a job in the queue, or the worker stops.
  std::condition_variable renewal;  ///< A lease may be due, or all jobs have ended.
  std::condition_variable writing;  ///< There is something to write, or all jobs have ended.
  std::condition_variable idle;     ///< A job has ended.
  bool stopping = false;
  bool ended = false;         ///< No job can start any more.
  std::uint64_t wakes = 0;    ///< Number of notifications that there may be a job.
  std::uint64_t cancels = 0;  ///< Number of notifications that a job was cancelled.
  bool events_due = false;
  std::vector<Held> held;

  std::vector<std::thread> runners;
  std::thread renewer;
  std::thread writer;
  EventBus::Subscription subscription;
};

/// Waits for a job. Empty when the worker stops.
std::optional<ClaimedJob> Worker::State::next_job() {
  ClaimRequest request{.worker = options.name, .lease = options.lease, .max_per_user = options.max_per_user};
  std::unique_lock lock(mutex);
  while (!stopping) {
    const std::uint64_t seen = wakes;
    request.held.clear();
    for (const Held& one : held) request.held.push_back(one.job->lease());
    lock.unlock();
    auto claimed = services.queue.claim(request);
    tell_about_queue(claimed);
    lock.lock();
    if (claimed && *claimed) return std::move(*claimed);
    // Nothing notifies of another's lease that runs out.
    work.wait_for(lock, std::min(options.poll, options.lease),
                  [&] { return stopping || (claimed && wakes != seen); });
  }
  return std::nullopt;
}

/// Logs once per outage, however long it is.
void Worker::State::tell_about_queue(const Result<std::optional<ClaimedJob>>& claimed) {
  if (!claimed && !queue_away)
    log(LogLevel::kWarning, "The queue cannot be read.",
        {{"reason", claimed.error().message}, {"detail", claimed.error().detail}});
  if (claimed && queue_away) log(LogLevel::kWarning, "The queue can be read again.");
  queue_away = !claimed;
}

void Worker::State::run_jobs() {
  while (true) {
    std::shared_ptr<RunningJob> job;
    {
      const std::lock_guard turn(claiming);
      std::uint64_t cancels_before = 0;
      {
        const std::lock_guard lock(mutex);
        cancels_before = cancels;
      }
      auto claimed = next_job();
      if (!claimed) return;
      // Before another thread claims, which must know what this process holds.
      job = hold(std::move(*claimed), cancels_before);
    }
    run_job(job);
  }
}

std::shared_ptr<RunningJob> Worker::State::hold(ClaimedJob claimed, std::uint64_t cancels_before) {
  const auto job = std::make_shared<RunningJob>(services.queue, std::move(claimed), options.lease, [this] {
    const std::lock_guard lock(mutex);
    events_due = true;
    writing.notify_all();
  });
  const Clock::time_point now = Clock::now();
  const std::lock_guard lock(mutex);
  if (stopping) job->stop(StopReason::kShutdown);
  // A job that was cancelled before it was in the list is checked at once.
  held.push_back({job, cancels == cancels_before ? now + options.lease / 3 : now});
  renewal.notify_all();
  writing.notify_all();
  return job;
}

void Worker::State::run_job(const std::shared_ptr<RunningJob>& job) {
  const Clock::time_point began = Clock::now();
  const LogScope scope("job", job->job().id);
  log(LogLevel::kInfo, "The job starts.", {{"attempt", job->job().attempt}});
  const AttemptEnd end = JobRun(services, *job).run();
  {
    const std::lock_guard lock(mutex);
    std::erase_if(held, [&](const Held& one) { return one.job == job; });
    ++wakes;  // its user may have another job waiting for this one's end
    work.notify_all();
    idle.notify_all();
  }
  if (end.lost && worker.on_late) worker.on_late(job->job(), LateLease::kLost);
  if (worker.on_outcome)
    worker.on_outcome({.job = job->job(),
                       .state = end.state,
                       .error = end.error ? &*end.error : nullptr,
                       .duration = Clock::now() - began});
}

void Worker::State::renew_leases() {
  std::unique_lock lock(mutex);
  while (!ended || !held.empty()) {
    const auto next = std::min_element(held.begin(), held.end(),
                                       [](const Held& a, const Held& b) { return a.renew_at < b.renew_at; });
    if (next == held.end()) {
      renewal.wait(lock);
      continue;
    }
    if (next->renew_at > Clock::now()) {
      renewal.wait_until(lock, Clock::time_point(next->renew_at));
      continue;
    }
    const std::shared_ptr<RunningJob> job = next->job;
    next->renew_at = Clock::time_point::max();
    lock.unlock();
    const RunningJob::Renewal renewal_now = job->renew();
    if (renewal_now.late && worker.on_late) worker.on_late(job->job(), LateLease::kKept);
    const Clock::time_point again = renewal_now.again;
    lock.lock();
    for (Held& one : held) {
      // A cancellation in the meantime triggers another check at once.
      if (one.job == job) one.renew_at = std::min(one.renew_at, again);
    }
  }
}

void Worker::State::write_events() {
  std::unique_lock lock(mutex);
  while (!ended || !held.empty()) {
    if (held.empty()) {
      writing.wait(lock);
      continue;
    }
    writing.wait_for(lock, kBetweenWrites, [&] { return events_due || (ended && held.empty()); });
    events_due = false;
    lock.unlock();
    for (const auto& job : running_jobs()) {
      if (job->take_progress_changed())
        services.bus.publish(
            {.kind = Notification::Kind::kProgress, .user_id = job->job().user_id, .job_id = job->job().id});
      // The renewer handles a lost lease.
      if (auto written = job->write_events(false); !written && written.error().code != ErrorCode::kCancelled)
        log(LogLevel::kWarning, "Events were not stored.",
            {{"job", job->job().id},
             {"reason", written.error().message},
             {"detail", written.error().detail}});
    }
    lock.lock();
  }
}

std::vector<std::shared_ptr<RunningJob>> Worker::State::running_jobs() {
  const std::lock_guard lock(mutex);
  std::vector<std::shared_ptr<RunningJob>> jobs;
  for (const Held& one : held) jobs.push_back(one.job);
  return jobs;
}

/// The notification is a hint: the lease tells the truth.
void Worker::State::on_notification(const Notification& notification) {
  const std::lock_guard lock(mutex);
  if (notification.kind == Notification::Kind::kQueued) {
    ++wakes;
    work.notify_all();
  } else if (notification.kind == Notification::Kind::kCancel) {
    ++cancels;
    for (Held& one : held) {
      if (one.job->job().id == notification.job_id) one.renew_at = Clock::time_point::min();
    }
    renewal.notify_all();
  }
}

Worker::Worker(const WorkerServices& services, WorkerOptions options)
    : state_(std::make_unique<State>(services, std::move(options), *this)) {}

Worker::~Worker() { stop(std::chrono::milliseconds(0)); }

void Worker::start() {
  State& state = *state_;
  state.subscription = state.services.bus.subscribe(
      "", "", [&state](const Notification& notification) { state.on_notification(notification); });
  for (int i = 0; i < state.options.parallel; ++i) state.runners.emplace_back([&state] { state.run_jobs(); });
  state.renewer = std::thread([&state] { state.renew_leases(); });
  state.writer = std::thread([&state] { state.write_events(); });
}

void Worker::stop(std::chrono::milliseconds deadline) {
  State& state = *state_;
  if (!state.renewer.joinable()) return;  // never started, or stopped
  {
    std::unique_lock lock(state.mutex);
    state.stopping = true;
    state.work.notify_all();
    state.idle.wait_for(lock, deadline, [&] { return state.held.empty(); });
  }
  for (const auto& job : state.running_jobs()) job->stop(StopReason::kShutdown);
  for (std::thread& runner : state.runners) runner.join();
  {
    const std::lock_guard lock(state.mutex);
    state.ended = true;
    state.renewal.notify_all();
    state.writing.notify_all();
  }
  state.renewer.join();
  state.writer.join();
  state.subscription.reset();
  state.runners.clear();
}

std::optional<JobProgress> Worker::live_progress(const std::string& job_id) const {
  const std::lock_guard lock(state_->mutex);
  for (const State::Held& one : state_->held) {
    if (one.job->job().id == job_id) return one.job->progress();
  }
  return std::nullopt;
}

int Worker::running() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<int>(state_->held.size());
}

}  // namespace vat::worker

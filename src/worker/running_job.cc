#include "worker/running_job.h"

#include <algorithm>

#include "base/log.h"

namespace vat::worker {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kManyEvents = 50;
constexpr milliseconds kEventsWait{1'000};
constexpr milliseconds kBetweenAttempts{200};

}  // namespace

RunningJob::RunningJob(JobQueue& queue, ClaimedJob claimed, milliseconds lease,
                       std::function<void()> events_due)
    : queue_(queue), claimed_(std::move(claimed)), lease_length_(lease), events_due_(std::move(events_due)) {}

void RunningJob::stop(StopReason reason) {
  StopReason none = StopReason::kNone;
  reason_.compare_exchange_strong(none, reason);
  stop_.request_stop();
}

void RunningJob::set_progress(const JobProgress& progress) {
  const std::lock_guard lock(mutex_);
  progress_ = progress;
  progress_changed_ = true;
}

void RunningJob::add_event(std::string type, std::string data) {
  bool due = false;
  {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) first_event_ = Clock::now();
    events_.emplace_back(std::move(type), std::move(data));
    // Somebody is waiting for the first.
    due = !std::exchange(has_events_, true) || events_.size() == kManyEvents;
    due_ = due_ || due;
  }
  if (due) events_due_();
}

JobProgress RunningJob::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

bool RunningJob::take_progress_changed() {
  const std::lock_guard lock(mutex_);
  return std::exchange(progress_changed_, false);
}

Result<> RunningJob::write_events(bool all) {
  const std::lock_guard writing(writing_);
  std::vector<std::pair<std::string, std::string>> batch;
  {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) return {};
    if (!all && !due_ && Clock::now() - first_event_ < kEventsWait) return {};
    due_ = false;
    batch.swap(events_);
  }
  auto written = queue_.add_events(claimed_.lease, batch);
  if (!written && written.error().retryable) {
    const std::lock_guard lock(mutex_);
    events_.insert(events_.begin(), std::make_move_iterator(batch.begin()),
                   std::make_move_iterator(batch.end()));
  }
  return written;
}

RunningJob::Renewal RunningJob::renew() {
  const Clock::time_point began = Clock::now();
  const auto state = queue_.heartbeat(claimed_.lease, progress());
  const Clock::time_point soon = Clock::now() + std::max(lease_length_ / 10, milliseconds(10));
  if (!state) {
    if (!std::exchange(failing_, true))
      log(LogLevel::kWarning, "The lease was not renewed.",
          {{"job", job().id}, {"reason", state.error().message}, {"detail", state.error().detail}});
    if (!state.error().retryable) stop(StopReason::kLost);
    return {.again = soon};
  }
  failing_ = false;
  const milliseconds since = std::chrono::duration_cast<milliseconds>(began - renewed_);
  const bool late = since > lease_length_ || *state == LeaseState::kReturned;
  if (late && *state != LeaseState::kCancelled)
    log(LogLevel::kWarning, "A lease was renewed late; this process was suspended or cut off.",
        {{"job", job().id}, {"late_ms", since.count()}, {"kept", *state != LeaseState::kLost}});
  if (*state == LeaseState::kHeld || *state == LeaseState::kReturned) {
    renewed_ = began;
    return {.again = began + lease_length_ / 3, .late = late};
  }
  // So it is, too, of a job that has ended here just now.
  stop(*state == LeaseState::kCancelled ? StopReason::kCancelled : StopReason::kLost);
  return {.again = soon};
}

bool RunningJob::pause() {
  std::unique_lock lock(mutex_);
  paused_.wait_for(lock, stop_.get_token(), kBetweenAttempts, [] { return false; });
  return !stop_.stop_requested();
}

}  // namespace vat::worker

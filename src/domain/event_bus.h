// The port that notifies waiting threads of changes, within one process or among several. It carries no
// content: a listener looks into the store. Implemented by queue.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace vat {

struct Notification {
  enum class Kind {
    kEvent,        ///< The job has a new event in the store.
    kProgress,     ///< The job's progress changed.
    kQueued,       ///< There may be work for a worker.
    kCancel,       ///< The job was cancelled; its worker must stop at once.
    kDelivery,     ///< A webhook delivery is pending.
    kLabels,       ///< The user has other labels; without a job.
    kPreferences,  ///< The user chose other preferences; without a job.
  };
  Kind kind = Kind::kEvent;
  std::string user_id;
  std::string job_id;
};

/// Safe to use from any thread.
class EventBus {
 public:
  virtual ~EventBus() = default;
  /// Returns soon; listeners are called on this thread or another one.
  virtual void publish(const Notification& notification) = 0;

  /// Must not block and must not throw.
  using Listener = std::function<void(const Notification&)>;
  /// Ends the subscription when destroyed, and then waits for a running call of the listener.
  using Subscription = std::shared_ptr<void>;
  /// With `user_id` empty, notifications of all users; with `job_id` empty, of all jobs.
  [[nodiscard]] virtual Subscription subscribe(const std::string& user_id, const std::string& job_id,
                                               Listener listener) = 0;
};

}  // namespace vat

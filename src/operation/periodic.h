// Periodic work: housekeeping, heartbeats.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace vat::operation {

/// Runs its tasks one at a time on a dedicated thread, until destroyed.
class Periodic {
 public:
  struct Task {
    std::chrono::milliseconds every{0};
    std::function<void()> run;  ///< Must not throw.
  };
  /// Each task runs for the first time when its interval has passed.
  explicit Periodic(std::vector<Task> tasks);
  /// Waits for the running task.
  ~Periodic();

 private:
  static void work(const std::vector<Task>& tasks, const std::stop_token& stop);
  std::vector<Task> tasks_;
  std::jthread thread_;
};

}  // namespace vat::operation

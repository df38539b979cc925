#include "operation/periodic.h"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

namespace vat::operation {

Periodic::Periodic(std::vector<Task> tasks)
    : tasks_(std::move(tasks)), thread_([this](const std::stop_token& stop) { work(tasks_, stop); }) {}

Periodic::~Periodic() = default;

void Periodic::work(const std::vector<Task>& tasks, const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  if (tasks.empty()) return;
  std::vector<Clock::time_point> due;
  for (const Task& task : tasks) due.push_back(Clock::now() + task.every);
  std::mutex mutex;
  std::condition_variable_any stopped;
  while (true) {
    const auto next = std::min_element(due.begin(), due.end());
    std::unique_lock lock(mutex);
    if (stopped.wait_until(lock, stop, *next, [] { return false; }) || stop.stop_requested()) return;
    lock.unlock();
    const Task& task = tasks[static_cast<std::size_t>(next - due.begin())];
    task.run();
    *next = Clock::now() + task.every;
  }
}

}  // namespace vat::operation

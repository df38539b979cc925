#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "http/sockets.h"
#include "http/task.h"

namespace vat::http {

struct BlockingPool::State {
  std::size_t max_waiting = 0;
  std::size_t size = 0;  ///< Of `threads`, which finish() empties.
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> waiting;
  std::size_t busy = 0;
  bool closing = false;
  std::vector<std::jthread> threads;

  void work() {
    block_broken_pipe_signal();
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return closing || !waiting.empty(); });
      if (waiting.empty()) return;
      const std::function<void()> function = std::move(waiting.front());
      waiting.pop_front();
      ++busy;
      lock.unlock();
      function();
      lock.lock();
      --busy;
    }
  }
};

BlockingPool::BlockingPool(int threads, std::size_t max_waiting) : state_(std::make_unique<State>()) {
  state_->max_waiting = max_waiting;
  state_->size = static_cast<std::size_t>(threads);
  for (int i = 0; i < threads; ++i) state_->threads.emplace_back([state = state_.get()] { state->work(); });
}

BlockingPool::~BlockingPool() { finish(); }

void BlockingPool::finish() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
  }
  state_->wake.notify_all();
  state_->threads.clear();
}

PoolUse BlockingPool::use() const {
  const std::lock_guard lock(state_->mutex);
  return {state_->size, state_->busy, state_->waiting.size()};
}

bool BlockingPool::try_post(std::function<void()> function) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->closing || state_->waiting.size() >= state_->max_waiting) return false;
    state_->waiting.push_back(std::move(function));
  }
  state_->wake.notify_one();
  return true;
}

}  // namespace vat::http

// Processes items 0..count-1 on several threads and consumes the results in order on the caller's thread,
// with a bounded number in flight. The first is processed alone, so that it is consumed as soon as can be.
// Internal to tts.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/result.h"

namespace vat::tts {

/// Where run_ordered() stopped, and why.
struct OrderedOutcome {
  std::size_t consumed = 0;    ///< Items whose result was consumed.
  std::optional<Error> error;  ///< Empty when all were.
  bool work_failed = false;    ///< The error came from `work`, not from `consume`.
};

/// `work(index, stop)` runs on `threads` threads at once and returns a Result<Value>; `consume(index, Value)`
/// runs on the calling thread in order of the index and returns a Result<>. The first failure in that order
/// ends everything; returns when all threads have ended. Neither function may throw.
template <class Value>
class OrderedWork {
 public:
  using Work = std::function<Result<Value>(std::size_t, std::stop_token)>;
  using Consume = std::function<Result<>(std::size_t, Value)>;

  OrderedWork(std::size_t count, Work work, Consume consume)
      : count_(count), work_(std::move(work)), consume_(std::move(consume)) {}

  OrderedOutcome run(int threads, const std::stop_token& stop) {
    window_ = static_cast<std::size_t>(threads) * 2;
    std::stop_source workers_stop;
    const std::stop_callback forward(stop, [&] { workers_stop.request_stop(); });
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads && static_cast<std::size_t>(i) < count_; ++i)
      workers.emplace_back([this, token = workers_stop.get_token()] { produce(token); });
    OrderedOutcome outcome = take(workers_stop.get_token());
    workers_stop.request_stop();
    return outcome;
  }

 private:
  [[nodiscard]] std::size_t limit() const { return consumed_ == 0 ? 1 : consumed_ + window_; }

  void produce(const std::stop_token& stop) {
    while (true) {
      std::size_t index = 0;
      {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return next_ >= count_ || next_ < limit(); })) return;
        if (next_ >= count_) return;
        index = next_++;
      }
      Result<Value> result = work_(index, stop);
      const std::lock_guard lock(mutex_);
      finished_.emplace(index, std::move(result));
      changed_.notify_all();
    }
  }

  OrderedOutcome take(const std::stop_token& stop) {
    for (std::size_t index = 0; index < count_; ++index) {
      std::optional<Result<Value>> result = wait_for(index, stop);
      if (!result) return {index, Error(ErrorCode::kCancelled, "Speech was cancelled."), true};
      if (!*result) return {index, std::move(*result).error(), true};
      if (Result<> consumed = consume_(index, std::move(*result).value()); !consumed)
        return {index, std::move(consumed).error(), false};
      const std::lock_guard lock(mutex_);
      consumed_ = index + 1;
      changed_.notify_all();
    }
    return {count_, std::nullopt, false};
  }

  std::optional<Result<Value>> wait_for(std::size_t index, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return finished_.contains(index); })) return std::nullopt;
    auto node = finished_.extract(index);
    return std::move(node.mapped());
  }

  std::size_t count_;
  Work work_;
  Consume consume_;
  std::size_t window_ = 1;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t next_ = 0;
  std::size_t consumed_ = 0;
  std::map<std::size_t, Result<Value>> finished_;
};

}  // namespace vat::tts

// The recognition threads. Every job opens a lane for its chunks; the pool serves the lanes in turn, so that
// a short recording does not wait behind a long one.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/pool_use.h"
#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

class ChunkPool {
  struct Shared;

 public:
  /// `threads` >= 1 workers, each of which recognises one chunk at a time. `niceness` is added to their
  /// priority (setpriority(2), Linux only), so that a server's I/O goes first. `now` is for tests.
  explicit ChunkPool(
      int threads, int niceness = 0,
      std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now);
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;
  /// Waits for running tasks. All lanes must be gone.
  ~ChunkPool();

  [[nodiscard]] int threads() const;
  /// For metrics. Any thread.
  [[nodiscard]] PoolUse use() const;

  /// Called with the duration of each task, on the pool's threads, one at a time; must return at once. To be
  /// set before the first lane is opened.
  void observe(std::function<void(std::chrono::duration<double>)> observer);

  /// Runs on a worker with a recogniser of the lane's model. The argument is an error if none could be
  /// created.
  using Task = std::function<void(Result<Recognizer*>)>;

  /// Whether the lane can submit another task while this one runs. When no lane can, the cores that would be
  /// idle are divided among the running tasks, and the last task waits for those that are nearly done.
  enum class Following { kMore, kNone };

  /// One job's queue. The lane's own methods belong to one thread.
  class Lane {
   public:
    Lane(Lane&&) noexcept = default;
    Lane& operator=(Lane&&) = delete;
    /// Drops waiting tasks and waits for running ones.
    ~Lane();

    /// Blocks while two tasks per worker are waiting in this lane, which bounds the audio in memory.
    void submit(Task task, Following following);
    /// Waits until every task of this lane has ended.
    void wait();

   private:
    friend class ChunkPool;
    struct State;
    Lane(std::shared_ptr<Shared> shared, std::shared_ptr<State> state);
    std::shared_ptr<Shared> shared_;
    std::shared_ptr<State> state_;
  };

  /// Recognisers are created when first needed and kept for the model's next lane, until another model needs
  /// the memory.
  [[nodiscard]] Lane open_lane(const std::shared_ptr<const RecognitionModel>& model);

  /// Lets go of a model that no lane uses, and of the recognisers that are kept for its next lane. Any
  /// thread.
  void let_go(const RecognitionModel& model);

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace vat::asr

// One I/O thread with what its connections share: the blocks that bodies pass through, the deadline sweep,
// the date. Everything except post() and the constructor must be called on its own thread.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/task.h"

namespace vat::http {

using Clock = std::chrono::steady_clock;
inline constexpr Clock::time_point kNever = Clock::time_point::max();

inline constexpr std::size_t kBlockBytes = 256U * 1024;
inline constexpr std::size_t kBlocksPerLoop = 8;

class BlockPool;

/// A block of memory on loan; returned when destroyed.
class Block {
 public:
  Block() = default;
  Block(BlockPool* pool, std::unique_ptr<char[]> memory) : pool_(pool), memory_(std::move(memory)) {}
  Block(Block&&) noexcept = default;
  Block& operator=(Block&& other) noexcept;
  ~Block() { reset(); }

  [[nodiscard]] explicit operator bool() const { return memory_ != nullptr; }
  [[nodiscard]] char* data() const { return memory_.get(); }
  void reset();

 private:
  BlockPool* pool_ = nullptr;
  std::unique_ptr<char[]> memory_;
};

/// All memory that bodies in flight may use, however many there are.
class BlockPool {
 public:
  /// Empty when all are on loan.
  [[nodiscard]] Block try_take();

  /// A waiter for a block, first come, first served. Leaves the queue when destroyed.
  class Waiter {
   public:
    Waiter(BlockPool& pool, Signal& signal);
    ~Waiter();
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    Block block;  ///< Set before the signal is notified.

   private:
    friend class BlockPool;
    BlockPool& pool_;
    Signal& signal_;
  };

 private:
  friend class Block;
  void give_back(std::unique_ptr<char[]> memory);

  std::vector<std::unique_ptr<char[]>> free_;
  std::size_t made_ = 0;
  std::deque<Waiter*> waiting_;
};

/// What the sweep and the server's shutdown need of a connection.
class Sweepable : public boost::intrusive::list_base_hook<> {
 public:
  virtual ~Sweepable() = default;
  [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
  /// The deadline has passed.
  virtual void expire() = 0;
  /// The server shuts down; end soon.
  virtual void wind_down() = 0;
  /// End now.
  virtual void abort() = 0;

 protected:
  Clock::time_point deadline_ = kNever;
};

class Loop {
 public:
  /// `tick`: the precision of deadlines.
  explicit Loop(std::chrono::milliseconds tick);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void start();
  /// Ends the thread once there is nothing left to do.
  void finish();

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] BlockPool& blocks() { return blocks_; }
  void add(Sweepable& connection) { connections_.push_back(connection); }
  void remove(Sweepable& connection) { connections_.erase(connections_.iterator_to(connection)); }
  void wind_down();
  void abort();
  /// The current value of the Date field (RFC 9110, section 5.6.7).
  [[nodiscard]] std::string_view date();

 private:
  void sweep();

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  BlockPool blocks_;
  boost::intrusive::list<Sweepable> connections_;
  std::chrono::milliseconds tick_;
  boost::asio::steady_timer timer_;
  std::chrono::sys_seconds date_second_{};  ///< Of which `date_` is.
  std::string date_;
  bool finishing_ = false;
  std::thread thread_;
};

}  // namespace vat::http

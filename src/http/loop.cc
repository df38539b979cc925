#include "http/loop.h"

#include <algorithm>
#include <exception>

#include "base/log.h"
#include "base/utc_time.h"
#include "http/sockets.h"

namespace vat::http {

Block& Block::operator=(Block&& other) noexcept {
  reset();
  pool_ = other.pool_;
  memory_ = std::move(other.memory_);
  return *this;
}

void Block::reset() {
  if (memory_) pool_->give_back(std::move(memory_));
}

Block BlockPool::try_take() {
  if (free_.empty()) {
    if (made_ == kBlocksPerLoop) return {};
    ++made_;
    // Not cleared: it is written before it is read.
    return {this, std::unique_ptr<char[]>(new char[kBlockBytes])};
  }
  Block block(this, std::move(free_.back()));
  free_.pop_back();
  return block;
}

void BlockPool::give_back(std::unique_ptr<char[]> memory) {
  if (waiting_.empty()) {
    free_.push_back(std::move(memory));
    return;
  }
  Waiter& first = *waiting_.front();
  waiting_.pop_front();
  first.block = Block(this, std::move(memory));
  first.signal_.notify();
}

BlockPool::Waiter::Waiter(BlockPool& pool, Signal& signal) : pool_(pool), signal_(signal) {
  pool_.waiting_.push_back(this);
}

BlockPool::Waiter::~Waiter() { std::erase(pool_.waiting_, this); }

Loop::Loop(std::chrono::milliseconds tick) : work_(context_.get_executor()), tick_(tick), timer_(context_) {}

Loop::~Loop() { finish(); }

void Loop::start() {
  sweep();
  thread_ = std::thread([this] {
    block_broken_pipe_signal();
    while (true) {
      try {
        context_.run();
        return;
      } catch (const std::exception& error) {
        log(LogLevel::kError, std::string("An exception reached an I/O thread: ") + error.what());
      }
    }
  });
}

void Loop::finish() {
  if (!thread_.joinable()) return;
  boost::asio::post(context_, [this] {
    finishing_ = true;
    timer_.cancel();
  });
  work_.reset();
  thread_.join();
}

void Loop::sweep() {
  timer_.expires_after(tick_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    const Clock::time_point now = Clock::now();
    for (Sweepable& connection : connections_)
      if (connection.deadline() <= now) connection.expire();
    if (!finishing_) sweep();
  });
}

void Loop::wind_down() {
  for (Sweepable& connection : connections_) connection.wind_down();
}

void Loop::abort() {
  for (Sweepable& connection : connections_) connection.abort();
}

std::string_view Loop::date() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (now != date_second_) {
    date_ = to_http_date(now);
    date_second_ = now;
  }
  return date_;
}

}  // namespace vat::http

#include "db/session_pool.h"

namespace vat::db {

void SessionPool::Held::discard() {
  connection_.reset();
  pool_->close_idle();
}

Result<SessionPool::Held> SessionPool::take() {
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, Clock::now() + options_.wait, [this] { return free_ > 0; })) {
      return fail(database_busy("no session became free"));
    }
    --free_;
  }
  // From here on the slot is released however this ends.
  Held held(*this);
  held.adopt(take_idle());
  if (!held) {
    held.adopt(maker_());
    held.set_fresh();
  }
  return held;
}

std::unique_ptr<Connection> SessionPool::take_idle() {
  Idle last;
  {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    last = std::move(idle_.back());
    idle_.pop_back();
  }
  const bool rested = Clock::now() - last.since > options_.check_after;
  if (rested && !last.connection->alive()) {
    close_idle();
    return nullptr;
  }
  return std::move(last.connection);
}

void SessionPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    if (connection) idle_.push_back({std::move(connection), Clock::now()});
    ++free_;
  }
  changed_.notify_one();
}

void SessionPool::close_idle() {
  std::vector<Idle> closing;  // outside the lock: closing may wait for the server
  {
    const std::lock_guard lock(mutex_);
    closing.swap(idle_);
  }
}

}  // namespace vat::db

// A bounded pool of sessions. Private to db.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "db/connection.h"

namespace vat::db {

/// Any thread. Sessions are created when first needed and kept.
class SessionPool {
 public:
  using Maker = std::function<std::unique_ptr<Connection>()>;
  using Clock = std::chrono::steady_clock;

  struct Options {
    int size = 1;
    std::chrono::milliseconds wait{10'000};        ///< For a free session, before kUnavailable.
    std::chrono::milliseconds check_after{5'000};  ///< A session that was idle for longer is checked first.
  };
  /// `maker` may throw what SOCI throws.
  SessionPool(Options options, Maker maker)
      : options_(options), maker_(std::move(maker)), free_(options.size) {}

  /// Exclusive use of a session, which is returned when destroyed.
  class Held {
   public:
    explicit Held(SessionPool& pool) : pool_(&pool) {}
    Held(Held&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          connection_(std::move(other.connection_)),
          fresh_(other.fresh_) {}
    Held& operator=(Held&&) = delete;
    ~Held() {
      if (pool_ != nullptr) pool_->give_back(std::move(connection_));
    }
    [[nodiscard]] Connection& operator*() const { return *connection_; }
    [[nodiscard]] Connection* operator->() const { return connection_.get(); }
    [[nodiscard]] explicit operator bool() const { return connection_ != nullptr; }
    void adopt(std::unique_ptr<Connection> connection) { connection_ = std::move(connection); }
    /// It was created for this holder, not kept from an earlier one.
    [[nodiscard]] bool fresh() const { return fresh_; }
    void set_fresh() { fresh_ = true; }
    /// The session is broken; so are, most likely, the idle ones.
    void discard();

   private:
    SessionPool* pool_;
    std::unique_ptr<Connection> connection_;
    bool fresh_ = false;
  };

  /// Waits for a free slot; connects if there is no idle session. Throws what SOCI throws.
  [[nodiscard]] Result<Held> take();
  /// Closes idle sessions.
  void close_idle();

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    Clock::time_point since;
  };
  /// An idle session that still works, if there is one.
  std::unique_ptr<Connection> take_idle();
  void give_back(std::unique_ptr<Connection> connection);

  const Options options_;
  const Maker maker_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int free_;                ///< Free slots.
  std::vector<Idle> idle_;  ///< The most recently used is at the end.
};

}  // namespace vat::db

// The coroutine type of the server, and how its coroutines wait for blocking work and for other threads.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/pool_use.h"
#include "base/result.h"

/// VAT_TRY and VAT_ASSIGN (base/result.h) for coroutines: `VAT_CO_ASSIGN(const Job job, co_await ...)`.
#define VAT_CO_TRY(expression)                                                     \
  do {                                                                             \
    auto vat_try_result = (expression);                                            \
    if (!vat_try_result) co_return ::vat::fail(std::move(vat_try_result).error()); \
  } while (false)
#define VAT_CO_ASSIGN(declaration, expression) \
  VAT_CO_ASSIGN_NAMED(VAT_CONCAT(vat_result_, __LINE__), declaration, expression)
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses
#define VAT_CO_ASSIGN_NAMED(name, declaration, expression)   \
  auto name = (expression);                                  \
  if (!name) co_return ::vat::fail(std::move(name).error()); \
  declaration = std::move(name).value()
// NOLINTEND(bugprone-macro-parentheses)

namespace vat::http {

/// A coroutine on an I/O thread. Asio's type is part of the interface (docs/design/0008-service.md); Beast's
/// types stay inside the module. g++ 12 destroys temporaries of a `?:` twice if the statement contains a
/// co_await: name them first.
template <class T = void>
using Task = boost::asio::awaitable<T>;

/// The threads for the handlers' blocking work: the database, disks, outbound HTTP. Bounded: when
/// `max_waiting` tasks wait, run() returns kUnavailable at once instead of making the client wait longer.
class BlockingPool {
 public:
  BlockingPool(int threads, std::size_t max_waiting);
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  ~BlockingPool();
  /// Runs the waiting tasks, then ends the threads; try_post() returns false from then on. One thread at a
  /// time.
  void finish();

  /// Queues the function; false when the queue is full. It must not throw. Any thread.
  [[nodiscard]] bool try_post(std::function<void()> function);
  /// For metrics. Any thread.
  [[nodiscard]] PoolUse use() const;

  /// Calls `function`, which returns a Result, on a thread of the pool, and returns its result on the
  /// coroutine's own thread. The coroutine is not destroyed before the function has returned.
  template <class Function>
  [[nodiscard]] Task<std::invoke_result_t<Function>> run(Function function);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Wakes one coroutine from any thread. Notifications without a waiter are remembered as one.
class Signal {
 public:
  /// `executor`: of the coroutine that will wait (co_await boost::asio::this_coro::executor).
  explicit Signal(boost::asio::any_io_executor executor);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// A function that wakes the waiter; it may be called from any thread, even after the Signal is destroyed.
  [[nodiscard]] std::function<void()> notifier() const;
  void notify() const;
  /// True when notified, false on timeout. On the executor's thread, one waiter at a time.
  [[nodiscard]] Task<bool> wait(std::chrono::milliseconds timeout);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

template <class Function>
Task<std::invoke_result_t<Function>> BlockingPool::run(Function function) {
  using Returned = std::invoke_result_t<Function>;
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  std::optional<Returned> returned;
  bool posted = false;
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
      [&](auto handler) {
        // Shared, because std::function must be copyable and handlers are not.
        auto resume = std::make_shared<decltype(handler)>(std::move(handler));
        auto work = [&, resume, executor] {
          returned.emplace(function());
          boost::asio::post(executor, [resume] { (*resume)(); });
        };
        posted = try_post(work);
        if (!posted) boost::asio::post(executor, [resume] { (*resume)(); });
      },
      boost::asio::use_awaitable);
  if (!posted)
    co_return fail(Error(ErrorCode::kUnavailable, "The service is busy; try again soon.",
                         "the blocking pool's queue is full")
                       .as_retryable());
  co_return std::move(*returned);
}

}  // namespace vat::http

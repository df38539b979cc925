#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/task.h"

namespace vat::http {

namespace asio = boost::asio;

/// Accessed on the executor's thread only; notifiers post to it.
struct Signal::State {
  explicit State(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  bool notified = false;
};

Signal::Signal(asio::any_io_executor executor) : state_(std::make_shared<State>(executor)) {}
Signal::~Signal() = default;

std::function<void()> Signal::notifier() const {
  // The executor is copied, because the state may be destroyed by then.
  return [weak = std::weak_ptr(state_), executor = state_->timer.get_executor()] {
    asio::post(executor, [weak] {
      if (const auto state = weak.lock()) {
        state->notified = true;
        state->timer.cancel();
      }
    });
  };
}

void Signal::notify() const { notifier()(); }

Task<bool> Signal::wait(std::chrono::milliseconds timeout) {
  const auto state = state_;
  if (!state->notified) {
    state->timer.expires_after(timeout);
    boost::system::error_code ignored;
    co_await state->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return std::exchange(state->notified, false);
}

}  // namespace vat::http

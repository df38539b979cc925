#include "http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>

#include "http/sockets.h"

namespace vat::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kFirstInputBytes = 4U * 1024;
constexpr std::chrono::milliseconds kLinger{2'000};

tl::unexpected<Error> client_is_gone() {
  return fail(Error(ErrorCode::kNetwork, "The client has disconnected.").as_retryable());
}

/// Reads from the socket itself, because the decrypted bytes do not matter.
ssize_t discard_some(int socket) {
  std::array<char, 64U * 1024> bytes;
  return ::recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
}

}  // namespace

std::span<char> InputBuffer::space(std::size_t max) {
  if (empty()) clear();
  if (end_ == capacity_) {
    if (begin_ > 0) {
      std::memmove(memory_.get(), memory_.get() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    } else if (capacity_ < max) {
      grow(std::min(max, std::max(capacity_ * 2, kFirstInputBytes)));
    }
  }
  return {memory_.get() + end_, capacity_ - end_};
}

void InputBuffer::append(std::string_view bytes) {
  if (empty()) clear();
  if (capacity_ - end_ < bytes.size()) grow(std::max(end_ - begin_ + bytes.size(), kFirstInputBytes));
  std::memcpy(memory_.get() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void InputBuffer::grow(std::size_t capacity) {
  std::unique_ptr<char[]> memory(new char[capacity]);
  if (!empty()) std::memcpy(memory.get(), memory_.get() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  memory_ = std::move(memory);
  capacity_ = capacity;
}

void InputBuffer::release_if_empty() {
  if (!empty()) return;
  memory_.reset();
  capacity_ = begin_ = end_ = 0;
}

void Output::consume(std::size_t bytes) {
  while (bytes > 0) {
    iovec& piece = pieces_[first_];
    const std::size_t count = std::min(bytes, piece.iov_len);
    piece.iov_base = static_cast<char*>(piece.iov_base) + count;
    piece.iov_len -= count;
    bytes -= count;
    if (piece.iov_len == 0) ++first_;
  }
}

Connection::Connection(ServerCore& core, Loop& loop, Socket socket, std::unique_ptr<Transport> transport,
                       std::string remote_address)
    : core_(core),
      loop_(loop),
      socket_(std::move(socket)),
      transport_(std::move(transport)),
      remote_address_(std::move(remote_address)),
      write_timeout_(core.options.write_timeout, core.options.min_rate) {
  loop_.add(*this);
}

Connection::~Connection() {
  loop_.remove(*this);
  socket_.close();
  core_.connections.leave(remote_address_);
}

Task<bool> Connection::handshake() {
  const auto until = Clock::now() + core_.options.header_timeout;
  while (true) {
    const IoState state = transport_->handshake();
    if (state == IoState::kDone) co_return true;
    if (state != IoState::kWantRead && state != IoState::kWantWrite) co_return false;
    const Waited waited = co_await wait(state, until);
    if (waited != Waited::kReady) co_return false;
  }
}

Task<Waited> Connection::wait(IoState want, Clock::time_point until) {
  if (aborted_) co_return Waited::kAborted;
  expired_ = false;
  deadline_ = until;
  boost::system::error_code error;
  co_await socket_.async_wait(want == IoState::kWantWrite ? Socket::wait_write : Socket::wait_read,
                              asio::redirect_error(asio::use_awaitable, error));
  deadline_ = kNever;
  if (!error) co_return Waited::kReady;
  co_return expired_ ? Waited::kExpired : Waited::kAborted;
}

Task<Waited> Connection::wait_idle(Clock::time_point until) {
  if (stopping()) co_return Waited::kAborted;
  idle_ = true;
  const Waited waited = co_await wait(IoState::kWantRead, until);
  idle_ = false;
  co_return waited;
}

Task<bool> Connection::wait(Signal& signal, std::chrono::milliseconds timeout) {
  if (is_over() || stopping()) co_return false;
  watch();
  signal_ = &signal;
  const bool notified = co_await signal.wait(timeout);
  signal_ = nullptr;
  co_return notified && !is_over();
}

Task<Block> Connection::take_block() {
  Block block = loop_.blocks().try_take();
  if (block) co_return block;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  Signal signal(executor);
  BlockPool::Waiter waiter(loop_.blocks(), signal);
  signal_ = &signal;
  while (!waiter.block && !aborted_) (void)co_await signal.wait(std::chrono::hours(1));
  signal_ = nullptr;
  co_return std::move(waiter.block);
}

Task<Result<>> Connection::send(Output& output, bool more) {
  while (!output.empty()) {
    const IoResult written = transport_->write(output.pieces(), more);
    if (written.state == IoState::kDone) {
      output.consume(written.bytes);
      continue;
    }
    if (written.state != IoState::kWantRead && written.state != IoState::kWantWrite) {
      gone_ = true;
      co_return client_is_gone();
    }
    Result<> space = co_await wait_for_space(written.state);
    if (!space) co_return space;
  }
  co_return Result<>();
}

/// A socket becomes writable only when a good part of its buffer is free, which may take a slow client longer
/// than the timeout. The bytes sent meanwhile distinguish it from one that reads nothing.
Task<Result<>> Connection::wait_for_space(IoState want) {
  while (true) {
    const std::uint64_t before = unsent_bytes(native_handle());
    const Clock::time_point begin = Clock::now();
    const Waited waited = co_await wait(want, begin + write_timeout_.remaining());
    if (waited == Waited::kReady || waited == Waited::kExpired) {
      write_timeout_.spend(Clock::now() - begin);
      write_timeout_.restore(before - std::min(before, unsent_bytes(native_handle())));
    }
    if (waited == Waited::kReady) co_return Result<>();
    if (waited == Waited::kExpired && write_timeout_.remaining() > Clock::duration::zero()) continue;
    gone_ = true;
    if (waited == Waited::kExpired)
      co_return fail(Error(ErrorCode::kNetwork, "The client reads too slowly.").as_retryable());
    co_return client_is_gone();
  }
}

Task<> Connection::linger() {
  if (is_over()) co_return;
  transport_->end_writing();
  ::shutdown(native_handle(), SHUT_WR);
  const auto until = Clock::now() + kLinger;
  while (true) {
    const ssize_t count = discard_some(native_handle());
    if (count > 0 && Clock::now() < until) continue;
    if (count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) co_return;
    const Waited waited = co_await wait_idle(until);
    if (waited != Waited::kReady) co_return;
  }
}

void Connection::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Connection::expire() {
  expired_ = true;
  deadline_ = kNever;
  socket_.cancel();
}

void Connection::wind_down() {
  if (idle_) socket_.cancel();
  if (signal_ != nullptr) signal_->notify();
}

void Connection::abort() {
  aborted_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  if (socket_.is_open()) ::shutdown(native_handle(), SHUT_RDWR);
  if (signal_ != nullptr) signal_->notify();
}

/// Stays active between waits, so that a stream which wakes often does not restart it.
void Connection::watch() {
  if (watching_) return;
  watching_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](boost::system::error_code error) {
    self->watching_ = false;
    if (!error) self->look();
  });
}

void Connection::look() {
  if (signal_ == nullptr) return;  // The next waiter reads for itself.
  const IoState state = transport_->peek();
  if (state == IoState::kDone)
    return;  // Another request; it waits for its turn, and so does a hang-up after it.
  if (state == IoState::kWantRead || state == IoState::kWantWrite) return watch();
  gone_ = true;
  signal_->notify();
}

}  // namespace vat::http

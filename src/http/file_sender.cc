#include "http/file_sender.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <system_error>

#include "http/sockets.h"

namespace vat::http {
namespace {

namespace asio = boost::asio;

/// Bytes sent in one go, so that a fast client does not monopolise a thread of the pool.
constexpr std::size_t kBite = 4U * 1024 * 1024;
/// How long to let the pool work when its queue is full.
constexpr std::chrono::milliseconds kPoolPause{20};

struct Bite {
  std::uint64_t bytes = 0;
  bool would_block = false;
};

tl::unexpected<Error> file_is_short() {
  return fail(ErrorCode::kInternal, "A file was truncated while it was being sent.");
}

/// Until the socket is full.
Result<Bite> send_bite(int socket, int file, std::uint64_t offset, std::uint64_t length) {
  Bite bite;
  auto position = static_cast<off_t>(offset);
  while (bite.bytes < length) {
    const ssize_t count = send_file(socket, file, position, length - bite.bytes);
    if (count > 0) {
      bite.bytes += static_cast<std::uint64_t>(count);
    } else if (count == 0) {
      return file_is_short();
    } else if (errno == EAGAIN) {
      bite.would_block = true;
      return bite;
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return fail(ErrorCode::kNetwork, "The client has disconnected.");
    } else if (errno != EINTR) {
      return fail(system_error(errno, "send", "a file"));
    }
  }
  return bite;
}

Result<Bite> read_bite(char* space, int file, std::uint64_t offset, std::uint64_t length) {
  Bite bite;
  while (bite.bytes < length) {
    const ssize_t count =
        ::pread(file, space + bite.bytes, length - bite.bytes, static_cast<off_t>(offset + bite.bytes));
    if (count == 0 && bite.bytes == 0) return file_is_short();
    if (count == 0) return bite;
    if (count < 0 && errno != EINTR) return fail(system_error(errno, "read", "a file"));
    if (count > 0) bite.bytes += static_cast<std::uint64_t>(count);
  }
  return bite;
}

/// Like BlockingPool::run, but a download in progress waits while the pool is busy.
template <class Function>
Task<Result<Bite>> run_patiently(Connection& connection, Function function) {
  const auto until = Clock::now() + connection.core().options.write_timeout;
  while (true) {
    Result<Bite> bite = co_await connection.core().pool.run(function);
    if (bite || bite.error().code != ErrorCode::kUnavailable || Clock::now() > until) co_return bite;
    asio::steady_timer pause(connection.loop().context(), kPoolPause);
    boost::system::error_code ignored;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

Task<Result<>> send_plain(Connection& connection, const FileBody& body, std::uint64_t& sent) {
  const int socket = connection.native_handle();
  while (sent < body.length) {
    const std::uint64_t offset = body.offset + sent;
    const std::uint64_t length = std::min<std::uint64_t>(kBite, body.length - sent);
    auto work = [socket, file = body.file->get(), offset, length] {
      return send_bite(socket, file, offset, length);
    };
    Result<Bite> bite = co_await run_patiently(connection, work);
    if (!bite) co_return fail(std::move(bite).error());
    sent += bite->bytes;
    if (!bite->would_block) continue;
    Result<> space = co_await connection.wait_for_space(IoState::kWantWrite);
    if (!space) co_return space;
  }
  co_return Result<>();
}

/// Writes the block until the socket is full; the rest is read again later, so that a slow client keeps no
/// block.
Result<IoState> write_block(Transport& transport, std::string_view bytes, std::uint64_t& sent) {
  while (!bytes.empty()) {
    const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    const IoResult io = transport.write({&piece, 1}, false);
    if (io.state == IoState::kWantRead || io.state == IoState::kWantWrite) return io.state;
    if (io.state != IoState::kDone) return fail(ErrorCode::kNetwork, "The client has disconnected.");
    bytes.remove_prefix(io.bytes);
    sent += io.bytes;
  }
  return IoState::kDone;
}

Task<Result<>> send_through_block(Connection& connection, const FileBody& body, std::uint64_t& sent) {
  while (sent < body.length) {
    Block block = co_await connection.take_block();
    if (!block) co_return fail(ErrorCode::kNetwork, "The server is shutting down.");
    const std::uint64_t offset = body.offset + sent;
    const std::uint64_t length = std::min<std::uint64_t>(kBlockBytes, body.length - sent);
    auto work = [space = block.data(), file = body.file->get(), offset, length] {
      return read_bite(space, file, offset, length);
    };
    Result<Bite> bite = co_await run_patiently(connection, work);
    if (!bite) co_return fail(std::move(bite).error());
    Result<IoState> state = write_block(connection.transport(), {block.data(), bite->bytes}, sent);
    block.reset();
    if (!state) co_return fail(std::move(state).error());
    if (*state == IoState::kDone) continue;
    Result<> space = co_await connection.wait_for_space(*state);
    if (!space) co_return space;
  }
  co_return Result<>();
}

}  // namespace

Task<Result<>> send_file_body(Connection& connection, const FileBody& body, std::uint64_t& sent) {
  return kSendsFiles && connection.transport().is_plain() ? send_plain(connection, body, sent)
                                                          : send_through_block(connection, body, sent);
}

}  // namespace vat::http

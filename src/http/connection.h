// One connection: its socket, its deadline, and bytes that were read ahead. All waiting happens here. On the
// loop's thread only.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "http/loop.h"
#include "http/min_rate_timeout.h"
#include "http/server_core.h"
#include "http/transport.h"

namespace vat::http {

/// Bytes that were read and not yet consumed. Uses no memory while empty and released.
class InputBuffer {
 public:
  [[nodiscard]] std::string_view view() const { return {memory_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  /// The bytes stay in place until another method is called.
  void consume(std::size_t count) { begin_ += count; }
  /// Room after the bytes, at least one byte unless there are already `max`.
  [[nodiscard]] std::span<char> space(std::size_t max);
  void commit(std::size_t count) { end_ += count; }
  void append(std::string_view bytes);
  void clear() { begin_ = end_ = 0; }
  /// Releases the memory if it is empty.
  void release_if_empty();

 private:
  void grow(std::size_t capacity);
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

/// Up to three pieces to write, less what has been written.
class Output {
 public:
  void add(std::string_view bytes) {
    if (!bytes.empty()) pieces_[count_++] = {const_cast<char*>(bytes.data()), bytes.size()};
  }
  [[nodiscard]] bool empty() const { return first_ == count_; }
  [[nodiscard]] std::span<const iovec> pieces() const { return {pieces_.data() + first_, count_ - first_}; }
  void consume(std::size_t bytes);

 private:
  std::array<iovec, 3> pieces_{};
  std::size_t first_ = 0, count_ = 0;
};

enum class Waited { kReady, kExpired, kAborted };

class Connection : public Sweepable, public std::enable_shared_from_this<Connection> {
 public:
  using Socket =
      boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  Connection(ServerCore& core, Loop& loop, Socket socket, std::unique_ptr<Transport> transport,
             std::string remote_address);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] ServerCore& core() { return core_; }
  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] Transport& transport() { return *transport_; }
  [[nodiscard]] InputBuffer& input() { return input_; }
  [[nodiscard]] const std::string& remote_address() const { return remote_address_; }
  [[nodiscard]] int native_handle() { return socket_.native_handle(); }
  [[nodiscard]] bool stopping() const { return core_.stopping.load(std::memory_order_relaxed); }
  /// The client has disconnected, or the server ended the connection.
  /// The client has disconnected, or reads too slowly.
  [[nodiscard]] bool client_gone() const { return gone_; }
  [[nodiscard]] bool is_over() const { return gone_ || aborted_; }

  [[nodiscard]] Task<bool> handshake();
  /// Waits for what the transport wants: kWantRead or kWantWrite.
  [[nodiscard]] Task<Waited> wait(IoState want, Clock::time_point until);
  /// The same for a request's first byte; a shutdown of the server ends this wait.
  [[nodiscard]] Task<Waited> wait_idle(Clock::time_point until);
  /// Until the signal, the time, a disconnect or the server's shutdown.
  [[nodiscard]] Task<bool> wait(Signal& signal, std::chrono::milliseconds timeout);
  /// Until a block is free; none if the connection has ended.
  [[nodiscard]] Task<Block> take_block();
  /// Until the client has read some of what was sent. kNetwork when it has disconnected or reads too slowly.
  [[nodiscard]] Task<Result<>> wait_for_space(IoState want);
  /// kNetwork as for wait_for_space().
  [[nodiscard]] Task<Result<>> send(Output& output, bool more = false);
  /// Lets the client read the response before the socket closes: shuts down writing, and drains what it still
  /// sends, for a while.
  [[nodiscard]] Task<> linger();
  void close();

  void expire() override;
  void wind_down() override;
  void abort() override;

 private:
  void watch();
  void look();

  ServerCore& core_;
  Loop& loop_;
  Socket socket_;
  std::unique_ptr<Transport> transport_;
  InputBuffer input_;
  std::string remote_address_;
  MinRateTimeout write_timeout_;
  Signal* signal_ = nullptr;  ///< That a coroutine waits for.
  bool expired_ = false;
  bool aborted_ = false;
  bool idle_ = false;      ///< Waits for something that the server's shutdown need not wait for.
  bool watching_ = false;  ///< Waiting for a disconnect.
  bool gone_ = false;
};

/// Answers the connection's requests until it ends.
[[nodiscard]] Task<> serve(std::shared_ptr<Connection> connection);

}  // namespace vat::http

// The bytes of one connection, in plain text or TLS, on a non-blocking socket.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>

namespace vat::http {

enum class IoState {
  kDone,       ///< `bytes` were read or written.
  kWantRead,   ///< Try again when the socket is readable,
  kWantWrite,  ///< or writable.
  kEnd,        ///< The peer will send nothing more.
  kFailed,     ///< The connection is gone.
};
struct IoResult {
  IoState state = IoState::kDone;
  std::size_t bytes = 0;
};

/// Owns no descriptor. One thread at a time.
class Transport {
 public:
  virtual ~Transport() = default;
  /// kDone when bytes may flow.
  [[nodiscard]] virtual IoState handshake() = 0;
  /// At least one byte, and at most as many as there is space for.
  [[nodiscard]] virtual IoResult read(std::span<char> space) = 0;
  /// At least one byte. `more`: others follow at once, so that no packet needs to be sent yet. After kWant*
  /// the same bytes must be passed again, possibly from another address.
  [[nodiscard]] virtual IoResult write(std::span<const iovec> pieces, bool more) = 0;
  /// Whether read() has bytes although the socket may not become readable again.
  [[nodiscard]] virtual bool has_pending() const = 0;
  /// kDone when there are bytes to read; does not consume them.
  [[nodiscard]] virtual IoState peek() = 0;
  /// Whether files may be sent to the socket directly.
  [[nodiscard]] virtual bool is_plain() const = 0;
  /// Tells the peer that nothing more follows.
  virtual void end_writing() = 0;
};

[[nodiscard]] std::unique_ptr<Transport> make_plain_transport(int socket);

}  // namespace vat::http

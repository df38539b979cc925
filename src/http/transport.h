// The bytes of one connection, in the clear or by TLS, on a socket that never blocks.
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
  kEnd,        ///< The peer sends nothing more.
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
  /// At least one byte. `more`: others follow at once, so that no packet needs to leave yet. After kWant* the
  /// same bytes must be offered again, perhaps from another place.
  [[nodiscard]] virtual IoResult write(std::span<const iovec> pieces, bool more) = 0;
  /// Whether read() has bytes although the socket may not become readable any more.
  [[nodiscard]] virtual bool has_pending() const = 0;
  /// kDone when there are bytes to read, which stay.
  [[nodiscard]] virtual IoState peek() = 0;
  /// Whether files may be sent to the socket directly.
  [[nodiscard]] virtual bool is_plain() const = 0;
  /// Tells the peer that nothing more will be sent.
  virtual void end_writing() = 0;
};

[[nodiscard]] std::unique_ptr<Transport> make_plain_transport(int socket);

}  // namespace vat::http

#include "http/transport.h"

#include <sys/socket.h>

#include <cerrno>

#include "http/sockets.h"

namespace vat::http {
namespace {

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

class PlainTransport : public Transport {
 public:
  explicit PlainTransport(int socket) : socket_(socket) {}

  IoState handshake() override { return IoState::kDone; }

  IoResult read(std::span<char> space) override {
    while (true) {
      const ssize_t count = ::recv(socket_, space.data(), space.size(), MSG_DONTWAIT);
      if (count > 0) return {IoState::kDone, static_cast<std::size_t>(count)};
      if (count == 0) return {IoState::kEnd};
      if (would_block()) return {IoState::kWantRead};
      if (errno != EINTR) return {IoState::kFailed};
    }
  }

  IoResult write(std::span<const iovec> pieces, bool more) override {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());  // sendmsg() only reads it.
    message.msg_iovlen = pieces.size();
    while (true) {
      const ssize_t count =
          ::sendmsg(socket_, &message, MSG_DONTWAIT | kNoSignal | (more ? kMoreFollows : 0));
      if (count >= 0) return {IoState::kDone, static_cast<std::size_t>(count)};
      if (would_block()) return {IoState::kWantWrite};
      if (errno != EINTR) return {IoState::kFailed};
    }
  }

  [[nodiscard]] bool has_pending() const override { return false; }
  [[nodiscard]] IoState peek() override {
    char byte = 0;
    const ssize_t count = ::recv(socket_, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    if (count > 0) return IoState::kDone;
    if (count == 0) return IoState::kEnd;
    return would_block() || errno == EINTR ? IoState::kWantRead : IoState::kFailed;
  }
  [[nodiscard]] bool is_plain() const override { return true; }
  void end_writing() override { ::shutdown(socket_, SHUT_WR); }

 private:
  int socket_;
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(int socket) {
  return std::make_unique<PlainTransport>(socket);
}

}  // namespace vat::http

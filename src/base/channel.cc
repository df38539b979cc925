#include "base/channel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>

namespace vat {
namespace {

using Clock = std::chrono::steady_clock;

/// Each message begins with its length, in the machine's own order of bytes.
using Length = std::uint64_t;

#ifdef MSG_NOSIGNAL
constexpr int kNoSignal = MSG_NOSIGNAL;
#else
constexpr int kNoSignal = 0;
#endif
#ifdef MSG_CMSG_CLOEXEC
constexpr int kCloseOnExec = MSG_CMSG_CLOEXEC;
#else
constexpr int kCloseOnExec = 0;
#endif

/// Waits for the socket as long as the patience lasts.
class SocketWait {
 public:
  SocketWait(int socket, const Patience& patience) : socket_(socket), stop_(patience.stop) {
    if (patience.time) end_ = Clock::now() + *patience.time;
  }

  [[nodiscard]] Result<> until(short events) {
    if (stop_.stop_possible() && !callback_) VAT_TRY(listen_for_stop());
    while (true) {
      if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "The helper process was stopped.");
      std::array<pollfd, 2> ready{pollfd{socket_, events, 0}, pollfd{waker_.read_end.get(), POLLIN, 0}};
      const int count = ::poll(ready.data(), ready.size(), milliseconds_left());
      if (count < 0 && errno != EINTR) return fail(system_error(errno, "reach", "the helper process"));
      if (count > 0 && ready[0].revents != 0) return {};
      if (count == 0 && end_ && Clock::now() >= *end_)
        return fail(ErrorCode::kLimit, "The helper process did not answer in time.");
    }
  }

 private:
  [[nodiscard]] Result<> listen_for_stop() {
    VAT_ASSIGN(waker_, make_pipe());
    callback_.emplace(stop_, [this] {
      const char byte = 0;
      [[maybe_unused]] const ssize_t written = ::write(waker_.write_end.get(), &byte, 1);
    });
    return {};
  }

  [[nodiscard]] int milliseconds_left() const {
    if (!end_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end_ - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT32_MAX));
  }

  int socket_;
  std::stop_token stop_;
  std::optional<Clock::time_point> end_;
  Pipe waker_;
  std::optional<std::stop_callback<std::function<void()>>> callback_;
};

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

/// Room for the files of one message.
struct FileRoom {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * Channel::kMaxFiles)> bytes{};
};

/// Appends the files that came with a part of a message.
void take_files(msghdr& header, std::vector<UniqueFd>& files) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
      if (kCloseOnExec == 0) (void)::fcntl(fd, F_SETFD, FD_CLOEXEC);
      files.emplace_back(fd);
    }
  }
}

/// Fills `out` and takes files; false when the other end is gone.
Result<bool> receive_whole(int socket, std::span<char> out, std::vector<UniqueFd>& files, SocketWait& wait) {
  while (!out.empty()) {
    iovec part{.iov_base = out.data(), .iov_len = out.size()};
    FileRoom room;
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = room.bytes.data();
    header.msg_controllen = room.bytes.size();
    const ssize_t count = ::recvmsg(socket, &header, MSG_DONTWAIT | kCloseOnExec);
    if (count < 0 && would_block()) {
      VAT_TRY(wait.until(POLLIN));
      continue;
    }
    if (count <= 0) return false;
    take_files(header, files);
    out = out.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

/// Sends all; the files go with the first byte.
Result<> send_whole(int socket, std::array<iovec, 2> parts, std::span<const int> files, SocketWait& wait) {
  FileRoom room;
  while (parts[0].iov_len + parts[1].iov_len > 0) {
    msghdr header{};
    header.msg_iov = parts.data();
    header.msg_iovlen = parts.size();
    if (!files.empty()) {
      header.msg_control = room.bytes.data();
      header.msg_controllen = CMSG_SPACE(files.size_bytes());
      cmsghdr* const part = CMSG_FIRSTHDR(&header);
      part->cmsg_level = SOL_SOCKET;
      part->cmsg_type = SCM_RIGHTS;
      part->cmsg_len = CMSG_LEN(files.size_bytes());
      std::memcpy(CMSG_DATA(part), files.data(), files.size_bytes());
    }
    const ssize_t count = ::sendmsg(socket, &header, MSG_DONTWAIT | kNoSignal);
    if (count < 0 && would_block()) {
      VAT_TRY(wait.until(POLLOUT));
      continue;
    }
    if (count < 0)
      return fail(ErrorCode::kUnavailable, "The helper process has ended.", "errno " + std::to_string(errno));
    files = {};
    for (auto done = static_cast<std::size_t>(count); iovec & part : parts) {
      const std::size_t step = std::min(done, part.iov_len);
      part.iov_base = static_cast<char*>(part.iov_base) + step;
      part.iov_len -= step;
      done -= step;
    }
  }
  return {};
}

}  // namespace

Channel::Channel(UniqueFd socket) : socket_(std::move(socket)) {
#ifdef SO_NOSIGPIPE
  const int on = 1;
  (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

Result<std::pair<Channel, Channel>> Channel::make_pair() {
  std::array<int, 2> ends{};
#ifdef SOCK_CLOEXEC
  const int made = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
#else
  const int made = ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data());
  for (const int end : ends) (void)::fcntl(end, F_SETFD, FD_CLOEXEC);
#endif
  if (made != 0)
    return fail(ErrorCode::kLimit, "There are too many open files to talk to a helper process.",
                "errno " + std::to_string(errno));
  return std::pair(Channel(UniqueFd(ends[0])), Channel(UniqueFd(ends[1])));
}

Result<> Channel::send(std::string_view bytes, std::span<const int> files, const Patience& patience) {
  if (files.size() > kMaxFiles) return fail(ErrorCode::kInternal, "Too many files for one message.");
  SocketWait wait(socket_.get(), patience);
  Length length = bytes.size();
  return send_whole(socket_.get(),
                    {iovec{.iov_base = &length, .iov_len = sizeof length},
                     iovec{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()}},
                    files, wait);
}

Result<std::optional<Channel::Message>> Channel::receive(std::size_t max_bytes, const Patience& patience) {
  SocketWait wait(socket_.get(), patience);
  Message message;
  std::array<char, sizeof(Length)> header{};
  VAT_ASSIGN(const bool begun, receive_whole(socket_.get(), header, message.files, wait));
  if (!begun) return std::optional<Message>();
  const auto length = std::bit_cast<Length>(header);
  if (length > max_bytes)
    return fail(ErrorCode::kLimit, "The helper process sent a message that is too long.",
                std::to_string(length) + " bytes");
  message.bytes.resize(static_cast<std::size_t>(length));
  VAT_ASSIGN(const bool whole, receive_whole(socket_.get(), message.bytes, message.files, wait));
  if (!whole) return std::optional<Message>();
  return std::optional(std::move(message));
}

void Channel::shut() const { ::shutdown(socket_.get(), SHUT_RDWR); }

}  // namespace vat

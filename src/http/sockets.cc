#include "http/sockets.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/ioctl.h>
#ifdef __linux__
#include <sys/sendfile.h>
#endif

#include <cerrno>
#include <csignal>

namespace vat::http {

void block_broken_pipe_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int accept_connection(int listener, sockaddr_storage& address) {
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
#ifdef __linux__
  return ::accept4(listener, name, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
  const int socket = ::accept(listener, name, &size);
  if (socket < 0) return socket;
  (void)::fcntl(socket, F_SETFD, FD_CLOEXEC);
  (void)::fcntl(socket, F_SETFL, O_NONBLOCK);
  return socket;
#endif
}

std::uint64_t unsent_bytes([[maybe_unused]] int socket) {
  int bytes = 0;
#if defined(SO_NWRITE)
  socklen_t size = sizeof bytes;
  if (::getsockopt(socket, SOL_SOCKET, SO_NWRITE, &bytes, &size) != 0) return 0;
#elif defined(TIOCOUTQ)  // tcp(7): another name of SIOCOUTQ
  if (::ioctl(socket, TIOCOUTQ, &bytes) != 0) return 0;
#endif
  return bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

ssize_t send_file([[maybe_unused]] int socket, [[maybe_unused]] int file, [[maybe_unused]] off_t& position,
                  [[maybe_unused]] std::size_t length) {
#ifdef __linux__
  return ::sendfile(socket, file, &position, length);
#else
  errno = ENOSYS;
  return -1;
#endif
}

}  // namespace vat::http

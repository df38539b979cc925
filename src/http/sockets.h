// Socket operations with Linux-specific calls, and their POSIX equivalents elsewhere.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>

namespace vat::http {

#ifdef MSG_NOSIGNAL
inline constexpr int kNoSignal = MSG_NOSIGNAL;
#else
inline constexpr int kNoSignal = 0;     // block_broken_pipe_signal() does without
#endif
#ifdef MSG_MORE
inline constexpr int kMoreFollows = MSG_MORE;
#else
inline constexpr int kMoreFollows = 0;  // only packets fuller than they would be
#endif

/// SIGPIPE stays pending in the calling thread from now on, because a client that goes while it is written to
/// must not end the program, and not every call that writes to a socket can be told to raise none:
/// sendfile(2) and OpenSSL's cannot.
void block_broken_pipe_signal();

/// The next connection, which does not block and is closed on exec; -1 with errno when there is none.
[[nodiscard]] int accept_connection(int listener, sockaddr_storage& address);

/// What was written to the socket and is not acknowledged, in bytes; 0 when the system does not say.
[[nodiscard]] std::uint64_t unsent_bytes(int socket);

/// Whether send_file() works here.
#ifdef __linux__
inline constexpr bool kSendsFiles = true;
#else
inline constexpr bool kSendsFiles = false;
#endif
/// sendfile(2): bytes of the file from `position`, which moves on; -1 with errno.
[[nodiscard]] ssize_t send_file(int socket, int file, off_t& position, std::size_t length);

}  // namespace vat::http

// A client that goes while it is written to must not end the program. Used inside the module.
#pragma once

#include <pthread.h>

#include <csignal>

namespace vat::http {

/// SIGPIPE stays pending in the calling thread from now on. Not every call that writes to a socket can be
/// told to raise none: sendfile(2) and OpenSSL's cannot.
inline void block_broken_pipe_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace vat::http

#include "interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace vat::app {
namespace {

std::atomic<int> g_signal{0};

}  // namespace

std::stop_token stop_on_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a file over the limit of the shell is an error of write(2), like a full disk
  // A thread of its own waits for the signals, so that no handler has to be async-signal-safe.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // What whoever started this process had it ignore stays ignored: nohup, a shell's background jobs.
    struct sigaction inherited {};
    ::sigaction(signal, nullptr, &inherited);
    if (inherited.sa_handler != SIG_IGN) sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  static auto& source = *new std::stop_source;  // outlives every static object, as the waiting thread does
  std::thread([signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    g_signal = signal;
    source.request_stop();
    sigwait(&signals, &signal);
    ::_exit(128 + signal);
  }).detach();
  return source.get_token();
}

int received_signal() { return g_signal; }

}  // namespace vat::app

#include "interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

namespace vat::app {
namespace {

std::atomic<int> g_signal{0};

struct Hangup {
  std::mutex mutex;
  std::function<void()> function;
};
Hangup& hangup() {
  static auto& instance = *new Hangup;  // outlives every static object, as the waiting thread does
  return instance;
}

/// True when the signal was SIGHUP and it has a handler.
bool handled(int signal) {
  if (signal != SIGHUP) return false;
  const std::lock_guard lock(hangup().mutex);
  if (!hangup().function) return false;
  hangup().function();
  return true;
}

}  // namespace

std::stop_token stop_on_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a file over the limit of the shell is an error of write(2), like a full disk
  // A dedicated thread waits for the signals, so that no handler has to be async-signal-safe.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // Signals ignored at startup stay ignored: nohup, a shell's background jobs.
    struct sigaction inherited {};
    ::sigaction(signal, nullptr, &inherited);
    if (inherited.sa_handler != SIG_IGN) sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  static auto& source = *new std::stop_source;  // outlives every static object, as the waiting thread does
  std::thread([signals] {
    for (bool stopping = false; true;) {
      int signal = 0;
      sigwait(&signals, &signal);
      if (handled(signal)) continue;
      if (stopping) ::_exit(128 + signal);
      stopping = true;
      g_signal = signal;
      source.request_stop();
    }
  }).detach();
  return source.get_token();
}

void on_hangup(std::function<void()> function) {
  const std::lock_guard lock(hangup().mutex);
  hangup().function = std::move(function);
}

int received_signal() { return g_signal; }

}  // namespace vat::app

// Ctrl-C and SIGTERM as a stop token.
#pragma once

#include <functional>
#include <stop_token>

namespace vat::app {

/// From now on SIGINT, SIGTERM and SIGHUP request a stop, and a second one ends the process at once. SIGPIPE
/// and SIGXFSZ are ignored, so that a reader that goes away and a file over its limit are errors of write(2).
/// Must be called before any thread is started.
[[nodiscard]] std::stop_token stop_on_signals();

/// From now on SIGHUP calls the function, on a thread of its own, and stops nothing. An empty function
/// restores its old meaning, after a running call has returned.
void on_hangup(std::function<void()> function);

/// The signal that requested the stop; 0 when none did.
[[nodiscard]] int received_signal();

}  // namespace vat::app

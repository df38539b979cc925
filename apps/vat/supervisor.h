// What the program tells systemd, when it was started by it with Type=notify (sd_notify(3)). Without a
// supervisor, and in a build without libsystemd, nothing happens.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace vat::app {

/// `status`: one sentence that `systemctl status` shows.
void tell_ready(const std::string& status);
void tell_reloading();
void tell_stopping(const std::string& status);
/// A sign of life, for WatchdogSec=.
void tell_alive();
/// How often a sign of life is due; empty when nobody waits for one.
[[nodiscard]] std::optional<std::chrono::milliseconds> watchdog_interval();

}  // namespace vat::app

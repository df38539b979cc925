// Notifications to systemd, if it started the program with Type=notify (sd_notify(3)). Without a supervisor,
// or in a build without libsystemd, they do nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace vat::app {

/// `status`: one sentence that `systemctl status` shows.
void tell_ready(const std::string& status);
void tell_reloading();
void tell_stopping(const std::string& status);
/// The watchdog's heartbeat (WatchdogSec=).
void tell_alive();
/// How often the heartbeat is due; empty without a watchdog.
[[nodiscard]] std::optional<std::chrono::milliseconds> watchdog_interval();

}  // namespace vat::app

#include "supervisor.h"

#include <systemd/sd-daemon.h>
#include <time.h>

namespace vat::app {
namespace {

void tell(const std::string& state) { (void)::sd_notify(0, state.c_str()); }

/// Type=notify-reload wants to know when the reload began (sd_notify(3), MONOTONIC_USEC).
std::string monotonic_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::to_string(static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000);
}

}  // namespace

void tell_ready(const std::string& status) { tell("READY=1\nSTATUS=" + status); }
void tell_reloading() { tell("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds()); }
void tell_stopping(const std::string& status) { tell("STOPPING=1\nSTATUS=" + status); }
void tell_alive() { tell("WATCHDOG=1"); }

std::optional<std::chrono::milliseconds> watchdog_interval() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  // Half of the deadline, as sd_watchdog_enabled(3) recommends.
  return std::chrono::milliseconds(microseconds / 2'000);
}

}  // namespace vat::app

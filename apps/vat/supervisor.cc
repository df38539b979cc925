#include "supervisor.h"

#include <time.h>
#ifdef VAT_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

namespace vat::app {
namespace {

void tell([[maybe_unused]] const std::string& state) {
#ifdef VAT_SYSTEMD
  (void)::sd_notify(0, state.c_str());
#endif
}

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
#ifdef VAT_SYSTEMD
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) > 0) {
    // Half of the deadline, as sd_watchdog_enabled(3) recommends.
    return std::chrono::milliseconds(microseconds / 2'000);
  }
#endif
  return std::nullopt;
}

}  // namespace vat::app

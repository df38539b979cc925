// The operating system's statistics of this process.
#pragma once

#include <cstdint>
#include <string_view>

namespace vat::operation {

/// Fields that the system does not provide stay zero.
struct ProcessStatistics {
  double cpu_seconds = 0;         ///< User and system, since the start.
  double start_time_seconds = 0;  ///< Since 1970-01-01 UTC.
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t max_descriptors = 0;
};

/// Reads /proc; takes tens of microseconds. Any thread.
[[nodiscard]] ProcessStatistics process_statistics();

/// The numbers in a line of /proc/PID/stat (proc(5)), whose second field may hold spaces and parentheses.
/// `ticks_per_second` and `page_bytes` are the system's units. Does not set the start time.
[[nodiscard]] ProcessStatistics parse_stat(std::string_view line, long ticks_per_second, long page_bytes);

}  // namespace vat::operation

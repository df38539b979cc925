// Runs a program and measures it as the operating system sees it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace vat::bench {

struct ChildUsage {
  double wall_seconds = 0;
  double cpu_seconds = 0;           ///< User and system time of all its threads.
  std::uint64_t peak_bytes = 0;     ///< Largest resident set.
  double first_output_seconds = 0;  ///< Until the first byte on its stdout; 0 when there was none.
  std::string output;               ///< Its stdout, at most 1 MiB of it.
  int exit_code = 0;                ///< 128 + signal when a signal ended it.
};

/// From now on SIGINT and SIGTERM end the running child, and make stop_requested() return true.
void stop_on_signals();
[[nodiscard]] bool stop_requested();

enum class Capture { kOutput, kOutputAndErrors };

/// Runs `arguments[0]` (searched in PATH) to its end, with stdin from /dev/null, and stderr to /dev/null or
/// together with stdout.
[[nodiscard]] Result<ChildUsage> run_child(const std::vector<std::string>& arguments,
                                           Capture capture = Capture::kOutput);

}  // namespace vat::bench

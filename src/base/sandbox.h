// Locks the calling process up before it touches bytes of strangers: from then on it computes, and reads and
// writes the files that it has open, and does nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace vat {

struct SandboxLimits {
  std::uint64_t memory_bytes = 0;   ///< That it may allocate beyond what it has. Not in sanitizers' builds.
  std::uint64_t written_bytes = 0;  ///< How long a file may become by its writing.
  std::chrono::seconds computing{
      60};  ///< CPU time until more_computing() is called, which kills it (SIGXCPU).
};

/// Whether this build and this kernel can filter system calls (seccomp, filter mode). Any thread.
[[nodiscard]] bool can_filter_system_calls();
/// The same, as a phrase for people: "seccomp", or why not.
[[nodiscard]] std::string system_call_filter();

/// For a process with one thread, once, and not to be undone. It sets the limits and, where the kernel can,
/// filters system calls: no new files, sockets, processes or programs, no executable memory. A file that is
/// opened anyhow is not there (EACCES); any other forbidden call kills the process (SIGSYS). Threads may
/// still be started. Errors: kUnavailable when the kernel refuses what can_filter_system_calls() promised.
[[nodiscard]] Result<> enter_sandbox(const SandboxLimits& limits);

/// In the sandbox: the work has come on, so that the CPU time of SandboxLimits begins anew, to a day at most.
/// Cheap, if called a hundred times a second. One thread at a time.
void more_computing();

}  // namespace vat

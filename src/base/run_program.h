// Runs another program, without a shell.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace vat {

struct ProgramRun {
  std::vector<std::string>
      words;  ///< The program, which is looked up in PATH unless it has a slash; arguments.
  std::filesystem::path folder;  ///< The folder that it works in; empty: this process's.
  std::vector<std::pair<std::string, std::string>>
      environment;                      ///< Variables that differ from this process's.
  std::size_t max_output_bytes = 4096;  ///< How much of the end of what it says is kept.
};

struct ProgramEnd {
  int exit_code = 0;   ///< 128 + N if signal N ended it.
  std::string output;  ///< The end of standard output and standard error together; any bytes.
};

/// Called several times a second while the program runs, on the calling thread. An Error ends the program.
using ProgramWatch = std::function<Result<>()>;

/// Waits for the end of the program, whatever its exit code. Its standard input is empty, and it inherits no
/// files. It runs in a process group of its own, of which nothing is left afterwards; on Linux it ends with
/// this process, too, even if that is killed. Errors: kNotFound if there is no such program; kUnavailable if
/// it cannot be started; kCancelled soon after `stop`; those of `watch`, which may be empty. Any thread.
[[nodiscard]] Result<ProgramEnd> run_program(const ProgramRun& run, const ProgramWatch& watch,
                                             const std::stop_token& stop);

}  // namespace vat

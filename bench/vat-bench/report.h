// Runs two programs in turns and compares them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "child_process.h"

namespace vat::bench {

/// Smallest, middle and largest of some measurements.
struct Spread {
  double min = 0;
  double median = 0;
  double max = 0;
};
[[nodiscard]] Spread spread_of(std::vector<double> values);

/// One line of the table: this program against another on the same work.
struct Comparison {
  std::string name;
  std::vector<std::string> ours;
  std::vector<std::string> theirs;
};

struct Measured {
  std::vector<ChildUsage> ours;
  std::vector<ChildUsage> theirs;
};

/// Runs a program. kInternal when it fails, with its command line; kCancelled when this program must stop.
[[nodiscard]] Result<ChildUsage> run_checked(const std::vector<std::string>& arguments,
                                             Capture capture = Capture::kOutput);

/// Runs ours, theirs, ours, theirs ... `runs` times each, after one warm-up run of each, with run_checked().
[[nodiscard]] Result<Measured> measure(const Comparison& comparison, int runs);

/// Seconds that whisper-cli spent on loading its model and on one window of the encoder, from the timings
/// that it prints on stderr. kBadData if it printed none.
[[nodiscard]] Result<double> load_and_encode_seconds(const std::string& output);

/// "NAME   1.23 s (1.20-1.30)   4.56 s (4.50-4.60)   0.270 (0.260-0.280)", of seconds of ours and theirs,
/// measured in turns.
[[nodiscard]] std::string describe_times(const std::string& name, const std::vector<double>& ours,
                                         const std::vector<double>& theirs);
/// The same for wall times, followed by peak memory.
[[nodiscard]] std::string describe(const Comparison& comparison, const Measured& measured);

}  // namespace vat::bench

// Runs two programs in turns and prints how they compare. Used by bench.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "child_process.h"

namespace vat::app {

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

/// Runs ours, theirs, ours, theirs ... `runs` times each, after one uncounted run of each. kInternal when a
/// program fails, with its command line.
[[nodiscard]] Result<Measured> measure(const Comparison& comparison, int runs, const std::stop_token& stop);

/// "NAME   ours 1.23 s (1.20-1.30)   theirs 4.56 s   wall 0.27 (0.26-0.28)   memory 0.95".
[[nodiscard]] std::string describe(const Comparison& comparison, const Measured& measured);

}  // namespace vat::app

#include "bench_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace vat::app {
namespace {

Result<ChildUsage> run_checked(const std::vector<std::string>& arguments, const std::stop_token& stop) {
  if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "The benchmark was stopped.");
  VAT_ASSIGN(ChildUsage usage, run_child(arguments));
  if (usage.exit_code == 0) return usage;
  std::string command;
  for (const std::string& argument : arguments) command += argument + " ";
  return fail(ErrorCode::kInternal, fmt::format("`{}` ended with code {}.", command, usage.exit_code));
}

template <class Of>
std::vector<double> each(const std::vector<ChildUsage>& runs, Of of) {
  std::vector<double> values;
  for (const ChildUsage& run : runs) values.push_back(of(run));
  return values;
}

double peak_mib(const ChildUsage& usage) { return static_cast<double>(usage.peak_bytes) / (1024 * 1024); }
double wall(const ChildUsage& usage) { return usage.wall_seconds; }

}  // namespace

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {values.front(), median, values.back()};
}

Result<Measured> measure(const Comparison& comparison, int runs, const std::stop_token& stop) {
  Measured measured;
  for (int i = -1; i < runs; ++i) {
    VAT_ASSIGN(ChildUsage ours, run_checked(comparison.ours, stop));
    VAT_ASSIGN(ChildUsage theirs, run_checked(comparison.theirs, stop));
    if (i < 0) continue;
    measured.ours.push_back(std::move(ours));
    measured.theirs.push_back(std::move(theirs));
  }
  return measured;
}

std::string describe(const Comparison& comparison, const Measured& measured) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < measured.ours.size(); ++i)
    ratios.push_back(measured.ours[i].wall_seconds / measured.theirs[i].wall_seconds);
  const Spread ratio = spread_of(ratios);
  const Spread ours = spread_of(each(measured.ours, wall));
  const Spread theirs = spread_of(each(measured.theirs, wall));
  const double our_peak = spread_of(each(measured.ours, peak_mib)).median;
  const double their_peak = spread_of(each(measured.theirs, peak_mib)).median;
  return fmt::format(
      "{:<44} {:>8.2f} s ({:.2f}-{:.2f}) {:>8.2f} s ({:.2f}-{:.2f})  {:>5.3f} ({:.3f}-{:.3f})  {:>5.0f} / "
      "{:.0f} MiB = {:.2f}\n",
      comparison.name, ours.median, ours.min, ours.max, theirs.median, theirs.min, theirs.max, ratio.median,
      ratio.min, ratio.max, our_peak, their_peak, our_peak / their_peak);
}

}  // namespace vat::app

#include "report.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace vat::bench {
namespace {

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

Result<ChildUsage> run_checked(const std::vector<std::string>& arguments, Capture capture) {
  if (stop_requested()) return fail(ErrorCode::kCancelled, "The benchmark was stopped.");
  VAT_ASSIGN(ChildUsage usage, run_child(arguments, capture));
  if (usage.exit_code == 0) return usage;
  std::string command;
  for (const std::string& argument : arguments) command += argument + " ";
  return fail(ErrorCode::kInternal, fmt::format("`{}` exited with code {}.", command, usage.exit_code));
}

Result<Measured> measure(const Comparison& comparison, int runs) {
  Measured measured;
  for (int i = -1; i < runs; ++i) {
    VAT_ASSIGN(ChildUsage ours, run_checked(comparison.ours));
    VAT_ASSIGN(ChildUsage theirs, run_checked(comparison.theirs));
    if (i < 0) continue;
    measured.ours.push_back(std::move(ours));
    measured.theirs.push_back(std::move(theirs));
  }
  return measured;
}

Result<double> load_and_encode_seconds(const std::string& output) {
  // "whisper_print_timings:   encode time =  1234.56 ms /     2 runs (   617.28 ms per run)"
  static const std::regex kLoad(R"(load time =\s*([0-9.]+) ms)");
  static const std::regex kEncode(R"(encode time =.*\(\s*([0-9.]+) ms per run\))");
  std::smatch load, encode;
  if (!std::regex_search(output, load, kLoad) || !std::regex_search(output, encode, kEncode))
    return fail(ErrorCode::kBadData, "whisper-cli did not print its timings as expected.");
  return (std::stod(load[1]) + std::stod(encode[1])) / 1000;
}

std::string describe_times(const std::string& name, const std::vector<double>& ours,
                           const std::vector<double>& theirs) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
  const Spread us = spread_of(ours);
  const Spread them = spread_of(theirs);
  const Spread ratio = spread_of(ratios);
  return fmt::format("{:<44} {:>8.2f} s ({:.2f}-{:.2f}) {:>8.2f} s ({:.2f}-{:.2f})  {:>5.3f} ({:.3f}-{:.3f})",
                     name, us.median, us.min, us.max, them.median, them.min, them.max, ratio.median,
                     ratio.min, ratio.max);
}

std::string describe(const Comparison& comparison, const Measured& measured) {
  const double our_peak = spread_of(each(measured.ours, peak_mib)).median;
  const double their_peak = spread_of(each(measured.theirs, peak_mib)).median;
  return describe_times(comparison.name, each(measured.ours, wall), each(measured.theirs, wall)) +
         fmt::format("  {:>5.0f} / {:.0f} MiB = {:.2f}\n", our_peak, their_peak, our_peak / their_peak);
}

}  // namespace vat::bench

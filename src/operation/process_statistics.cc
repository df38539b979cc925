#include "operation/process_statistics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>

#include "base/file.h"
#include "base/number.h"

namespace vat::operation {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

// Positions in the line, counted from the field after the name (proc(5): state is field 3).
constexpr std::size_t kUserTime = 14 - 3;
constexpr std::size_t kSystemTime = 15 - 3;
constexpr std::size_t kThreads = 20 - 3;
constexpr std::size_t kStartTime = 22 - 3;
constexpr std::size_t kVirtualBytes = 23 - 3;
constexpr std::size_t kResidentPages = 24 - 3;

std::array<std::uint64_t, kResidentPages + 1> numbers(std::string_view line) {
  std::array<std::uint64_t, kResidentPages + 1> values{};
  const std::size_t end_of_name = line.rfind(')');
  if (end_of_name == std::string_view::npos) return values;
  std::istringstream in{std::string(line.substr(end_of_name + 1))};
  std::string word;
  for (std::uint64_t& value : values) {
    if (!(in >> word)) break;
    value = parse_number<std::uint64_t>(word).value_or(0);
  }
  return values;
}

/// Boot time, in seconds since 1970.
double boot_time() {
  constexpr std::string_view kBootTime = "\nbtime ";
  const auto text = read_file("/proc/stat", kMaxBytes);
  if (!text) return 0;
  const std::size_t place = text->find(kBootTime);
  if (place == std::string::npos) return 0;
  std::string_view rest = std::string_view(*text).substr(place + kBootTime.size());
  return take_number<double>(rest).value_or(0);
}

std::uint64_t count_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator folder("/proc/self/fd", error);
  if (error) return 0;
  const auto count = std::distance(begin(folder), end(folder));
  return count > 0 ? static_cast<std::uint64_t>(count) - 1 : 0;  // without the one used for counting
}

}  // namespace

ProcessStatistics parse_stat(std::string_view line, long ticks_per_second, long page_bytes) {
  const auto values = numbers(line);
  ProcessStatistics statistics;
  statistics.cpu_seconds =
      static_cast<double>(values[kUserTime] + values[kSystemTime]) / static_cast<double>(ticks_per_second);
  statistics.threads = values[kThreads];
  statistics.virtual_bytes = values[kVirtualBytes];
  statistics.resident_bytes = values[kResidentPages] * static_cast<std::uint64_t>(page_bytes);
  return statistics;
}

ProcessStatistics process_statistics() {
  ProcessStatistics statistics;
  const long ticks = ::sysconf(_SC_CLK_TCK);
  if (const auto line = read_file("/proc/self/stat", kMaxBytes)) {
    statistics = parse_stat(*line, ticks, ::sysconf(_SC_PAGESIZE));
    static const double boot = boot_time();
    if (boot > 0)
      statistics.start_time_seconds =
          boot + static_cast<double>(numbers(*line)[kStartTime]) / static_cast<double>(ticks);
  }
  statistics.open_descriptors = count_descriptors();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) statistics.max_descriptors = limit.rlim_cur;
  return statistics;
}

}  // namespace vat::operation

#include "base/processor.h"

#include <algorithm>
#include <array>
#include <string_view>

#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

#include "base/file.h"
#include "base/text.h"

namespace vat {

#ifdef __APPLE__
std::string processor_name() {
  std::array<char, 256> name{};
  std::size_t size = name.size() - 1;
  return ::sysctlbyname("machdep.cpu.brand_string", name.data(), &size, nullptr, 0) == 0 ? name.data() : "";
}
#else
namespace {

constexpr std::size_t kMaxProcessorBytes = 1U << 20U;
// ARM's kernels have numbers only.
constexpr std::array<std::string_view, 4> kProcessorKeys = {"model name", "CPU implementer", "CPU part",
                                                            "CPU variant"};

}  // namespace

std::string processor_name() {
  const auto file = read_file("/proc/cpuinfo", kMaxProcessorBytes);
  if (!file) return "";
  std::string name;
  // Of the first core: its lines end at a blank one.
  std::string_view rest = std::string_view(*file).substr(0, file->find("\n\n"));
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view key = trim(line.substr(0, colon));
    if (std::find(kProcessorKeys.begin(), kProcessorKeys.end(), key) == kProcessorKeys.end()) continue;
    if (!name.empty()) name += ' ';
    name += trim(line.substr(std::min(colon + 1, line.size())));
  }
  return name;
}
#endif

}  // namespace vat

#include "base/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "base/file.h"
#include "base/number.h"

namespace vat {

std::uint64_t machine_memory_bytes() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page_bytes = ::sysconf(_SC_PAGESIZE);
  const std::uint64_t machine =
      pages > 0 && page_bytes > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes)
                                  : 0;
  constexpr std::size_t kMaxBytes = 100;
  const auto limit = read_file("/sys/fs/cgroup/memory.max", kMaxBytes);  // "max" where there is none
  if (!limit) return machine;
  std::string_view text = *limit;
  const auto bytes = take_number<std::uint64_t>(text);
  if (!bytes) return machine;
  return machine == 0 ? *bytes : std::min(machine, *bytes);
}

}  // namespace vat

#include "base/process_limits.h"

#include <sys/resource.h>

#include <fstream>

namespace vat {
void limit_memory(std::uint64_t bytes) {
  if (kSanitized) return;
  const rlimit limit{.rlim_cur = static_cast<rlim_t>(bytes), .rlim_max = static_cast<rlim_t>(bytes)};
  (void)::setrlimit(RLIMIT_AS, &limit);
}

void be_first_to_go() { std::ofstream("/proc/self/oom_score_adj") << 1000; }

}  // namespace vat

#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>

namespace vat {

std::string clock_text(Millis time) {
  const std::int64_t whole = std::chrono::round<std::chrono::seconds>(std::max(time, Millis(0))).count();
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace vat

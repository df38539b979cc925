#include "filters/av_log.h"

extern "C" {
#include <libavutil/log.h>
}

#include <array>
#include <cstdarg>
#include <mutex>

#include "base/log.h"
#include "base/text.h"

namespace vat::filters {
namespace {

void log_message(void* object, int level, const char* format, std::va_list arguments) {
  if (level > AV_LOG_WARNING) return;
  std::array<char, 512> line{};
  int print_prefix = 1;
  av_log_format_line2(object, level, format, arguments, line.data(), static_cast<int>(line.size()),
                      &print_prefix);
  // These messages may contain the media's own tags.
  log(LogLevel::kDebug, to_utf8(trim(line.data())));
}

}  // namespace

void route_av_log() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(log_message); });
}

}  // namespace vat::filters

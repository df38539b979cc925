#include "media/av.h"

#include <array>
#include <cerrno>
#include <cstdarg>
#include <mutex>
#include <string_view>

#include "base/log.h"
#include "base/text.h"

namespace vat::media {
namespace {

void log_message(void* object, int level, const char* format, std::va_list arguments) {
  if (level > AV_LOG_WARNING) return;
  std::array<char, 512> line{};
  int print_prefix = 1;
  av_log_format_line2(object, level, format, arguments, line.data(), static_cast<int>(line.size()),
                      &print_prefix);
  // Media's own tags end up in these messages.
  log(LogLevel::kDebug, to_utf8(trim(line.data())));
}

}  // namespace

void route_log() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(log_message); });
}

std::string av_error_text(int error) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(error, text.data(), text.size());
  return text.data();
}

Error read_error(int error, std::string message) {
  if (error == AVERROR_EXIT) return Error{ErrorCode::kCancelled, "Stopped on request.", {}, false};
  return Error{ErrorCode::kBadMedia, std::move(message), av_error_text(error), false};
}

Error write_error(int error, const std::string& name) {
  // libav's own codes are tags below -0xFF; the small ones are errno values.
  if (error < 0 && error > -4096) return system_error(AVUNERROR(error), "write", name);
  return Error{ErrorCode::kInternal, "Cannot write " + name + ".", av_error_text(error), false};
}

}  // namespace vat::media

// The program's log: diagnostics for whoever runs it, on stderr, never results. Any thread may log.
#pragma once

#include <string_view>

namespace vat {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

/// Messages below `level` are dropped. The default is kWarning.
void set_log_level(LogLevel level);
void log(LogLevel level, std::string_view message);

}  // namespace vat

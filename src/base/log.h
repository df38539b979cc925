// The program's log: diagnostics on stderr for its operator, never results. A line has a message and fields,
// and is readable text on a terminal and JSON otherwise. Neither may hold secrets, queries of URLs, or what
// recordings say. Every function may be called from any thread.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vat {

class JsonWriter;

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };
[[nodiscard]] std::string_view log_level_name(
    LogLevel level);  ///< "debug", "info", "warning", "error", "off".
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view name);

/// Messages below `level` are dropped. The default is kWarning.
void set_log_level(LogLevel level);
[[nodiscard]] bool log_enabled(LogLevel level);

enum class LogFormat {
  kHuman,  ///< "12:00:01.123 info It happened.  job=0193..."
  kJson,   ///< One object per line: "time" (RFC 3339, UTC), "level", "message", and the fields.
};
/// The default is kHuman.
void set_log_format(LogFormat format);

/// Must not outlive the texts that it refers to.
struct LogField {
  using Value = std::variant<std::string_view, std::int64_t, double, bool>;
  std::string_view key;
  Value value;

  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const std::string& text) : key(name), value(std::string_view(text)) {}
  LogField(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  LogField(std::string_view name, bool truth) : key(name), value(truth) {}
  template <std::integral Integer>
  LogField(std::string_view name, Integer number) : key(name), value(static_cast<std::int64_t>(number)) {}
  LogField(std::string_view name, double number) : key(name), value(number) {}
};

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

/// While it exists, adds this field to every line of this thread that has no field of this name: for example
/// the job that the thread works on.
class LogScope {
 public:
  LogScope(std::string key, std::string value);
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;
};

struct LogRecord {
  LogLevel level = LogLevel::kInfo;
  std::string_view message;
  std::span<const LogField> fields;  ///< With those of the thread's scopes.
  std::chrono::system_clock::time_point time;
};
/// Called with every line at kError, whatever the level, before it is written. Must not block, throw or log.
/// There is one at a time; setting an empty one removes it and waits for running calls.
void set_error_observer(std::function<void(const LogRecord&)> observer);

/// While it exists, a dedicated thread writes the lines, so that a slow terminal or pipe holds up nobody;
/// when too many wait, the oldest are dropped. One at a time.
class BackgroundLog {
 public:
  BackgroundLog();
  /// Writes the waiting lines.
  ~BackgroundLog();
  BackgroundLog(const BackgroundLog&) = delete;
  BackgroundLog& operator=(const BackgroundLog&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The value of a field as JSON.
void write_value(JsonWriter& json, const LogField::Value& value);
/// The line without its end, as kJson writes it.
[[nodiscard]] std::string format_json(const LogRecord& record);
/// Message and fields as kHuman writes them; control characters are escaped, so that no request can control
/// the terminal.
[[nodiscard]] std::string format_human(const LogRecord& record);

}  // namespace vat

#include "base/log.h"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <type_traits>
#include <utility>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/utc_time.h"

namespace vat {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames = {"debug", "info", "warning", "error", "off"};
constexpr std::size_t kMaxWaitingLines = 1024;
constexpr const char* kHumanPattern = "%H:%M:%S.%e %^%l%$ %v";

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

const spdlog::sink_ptr& sink() {
  static const auto& instance = *new spdlog::sink_ptr([] {
    auto made = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    made->set_pattern(kHumanPattern);
    return made;
  }());
  return instance;
}

std::shared_ptr<spdlog::logger> with_every_level(std::shared_ptr<spdlog::logger> made) {
  made->set_level(spdlog::level::trace);  // this file decides what is dropped
  return made;
}

spdlog::logger& direct_logger() {
  static const auto& instance =
      *new std::shared_ptr<spdlog::logger>(with_every_level(std::make_shared<spdlog::logger>("vat", sink())));
  return *instance;
}

std::atomic<LogLevel> g_level{LogLevel::kWarning};
std::atomic<LogFormat> g_format{LogFormat::kHuman};
std::atomic<spdlog::logger*> g_background{nullptr};

struct Observer {
  std::shared_mutex mutex;
  std::function<void(const LogRecord&)> function;
};
Observer& observer() {
  static auto& instance = *new Observer;  // threads may log while the program ends
  return instance;
}

std::vector<std::pair<std::string, std::string>>& scopes() {
  thread_local std::vector<std::pair<std::string, std::string>> instance;
  return instance;
}

/// Control characters that UTF-8 writes in several bytes (C1, line separators), and those that turn the
/// direction of text, end or disguise a line for whoever shows it. JSON leaves them alone; they are only in
/// its strings. `line` is UTF-8.
std::string without_hidden(std::string line) {
  constexpr std::string_view kLeads = "\xc2\xe2\x7f";
  if (line.find_first_of(kLeads) == std::string::npos) return line;
  std::string out;
  out.reserve(line.size());
  for (std::size_t at = 0; at < line.size();) {
    const auto byte = [&](std::size_t i) {
      return at + i < line.size() ? static_cast<unsigned char>(line[at + i]) : 0U;
    };
    std::uint32_t code = 0;
    std::size_t length = 1;
    if (byte(0) == 0x7F) {
      code = 0x7F;
    } else if (byte(0) == 0xC2 && byte(1) < 0xA0) {
      code = byte(1);
      length = 2;
    } else if (byte(0) == 0xE2) {
      code = 0x2000U + ((byte(1) & 0x3FU) << 6U) + (byte(2) & 0x3FU);
      length = 3;
      const bool turns = (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
      if (!turns && code != 0x200E && code != 0x200F) code = 0;
    }
    if (code == 0) {
      out += line.substr(at, length);
    } else {
      const std::array<char, 2> bytes = {static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
      out += "\\u" + to_hex({bytes.data(), bytes.size()});
    }
    at += length;
  }
  return out;
}

/// Control sequences of terminals are replaced, and what is not UTF-8.
void append_visible(std::string& out, std::string_view text) {
  for (const char c : to_utf8(text)) {
    if (is_control(c))
      out += "\\x" + to_hex({&c, 1});
    else
      out += c;
  }
}

bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (is_control(c) || c == ' ' || c == '"' || c == '=') return false;
  }
  return is_utf8(text);
}

}  // namespace

std::string_view log_level_name(LogLevel level) { return kLevelNames.at(static_cast<std::size_t>(level)); }

std::optional<LogLevel> parse_log_level(std::string_view name) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (kLevelNames.at(i) == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

void set_log_level(LogLevel level) { g_level = level; }
bool log_enabled(LogLevel level) { return level >= g_level.load(std::memory_order_relaxed); }

void set_log_format(LogFormat format) {
  g_format = format;
  sink()->set_pattern(format == LogFormat::kJson ? "%v" : kHumanPattern);
}

void write_value(JsonWriter& json, const LogField::Value& value) {
  std::visit(
      [&](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string_view>)
          json.string(held);
        else if constexpr (std::is_same_v<Held, std::int64_t>)
          json.integer(held);
        else if constexpr (std::is_same_v<Held, double>)
          json.number(held);
        else
          json.boolean(held);
      },
      value);
}

std::string format_json(const LogRecord& record) {
  std::string line;
  JsonWriter json(line);
  json.begin_object();
  json.key("time").string(to_rfc3339(to_utc(record.time)));
  json.key("level").string(log_level_name(record.level));
  json.key("message").string(record.message);
  for (const LogField& field : record.fields) write_value(json.key(field.key), field.value);
  json.end_object();
  return without_hidden(std::move(line));
}

std::string format_human(const LogRecord& record) {
  std::string line;
  append_visible(line, record.message);
  for (const LogField& field : record.fields) {
    line += line.empty() ? "" : " ";
    line += field.key;
    line += '=';
    const auto* const text = std::get_if<std::string_view>(&field.value);
    if (text != nullptr && is_plain(*text)) {
      line += *text;
    } else {
      JsonWriter json(line);
      write_value(json, field.value);
    }
  }
  return without_hidden(std::move(line));
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  const bool wanted = log_enabled(level);
  if (!wanted && level != LogLevel::kError) return;
  std::vector<LogField> all(fields);
  for (const auto& [key, value] : scopes()) {
    const auto same = [&key = key](const LogField& field) { return field.key == key; };
    if (std::none_of(all.begin(), all.end(), same)) all.emplace_back(key, value);
  }
  const LogRecord record{level, message, all, std::chrono::system_clock::now()};
  if (level == LogLevel::kError) {
    const std::shared_lock lock(observer().mutex);
    if (observer().function) observer().function(record);
  }
  if (!wanted) return;
  const std::string line = g_format == LogFormat::kJson ? format_json(record) : format_human(record);
  spdlog::logger* const background = g_background.load(std::memory_order_acquire);
  (background != nullptr ? *background : direct_logger())
      .log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

LogScope::LogScope(std::string key, std::string value) {
  scopes().emplace_back(std::move(key), std::move(value));
}
LogScope::~LogScope() { scopes().pop_back(); }

void set_error_observer(std::function<void(const LogRecord&)> function) {
  const std::unique_lock lock(observer().mutex);
  observer().function = std::move(function);
}

struct BackgroundLog::State {
  std::shared_ptr<spdlog::details::thread_pool> pool =
      std::make_shared<spdlog::details::thread_pool>(kMaxWaitingLines, 1);
};

BackgroundLog::BackgroundLog() : state_(std::make_unique<State>()) {
  // Loggers are never destroyed, because another thread may be using one while it is replaced.
  static auto& kept = *new std::vector<std::shared_ptr<spdlog::logger>>;
  kept.push_back(with_every_level(std::make_shared<spdlog::async_logger>(
      "vat", sink(), state_->pool, spdlog::async_overflow_policy::overrun_oldest)));
  kept.back()->set_error_handler(
      [](const std::string&) {});  // a line after shutdown is lost without a warning
  g_background.store(kept.back().get(), std::memory_order_release);
}

BackgroundLog::~BackgroundLog() {
  g_background.store(nullptr, std::memory_order_release);
  state_->pool.reset();
}

}  // namespace vat

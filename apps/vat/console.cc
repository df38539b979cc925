#include "console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <cstdlib>

#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "remedies.h"

namespace vat::app {
namespace {

constexpr std::chrono::milliseconds kBetweenLines{100};
constexpr int kBarWidth = 24;

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

/// A terminal that understands cursor movements.
bool is_capable_terminal() {
  if (::isatty(STDERR_FILENO) != 1) return false;
  const char* const kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
  return kind != nullptr && *kind != '\0' && std::string_view(kind) != "dumb";
}

/// See https://no-color.org.
bool wants_color() {
  const char* const refused = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  return is_capable_terminal() && (refused == nullptr || *refused == '\0');
}

/// A bar in eighths of a block, `width` columns wide.
std::string bar(double fraction, int width = kBarWidth) {
  static constexpr std::array<const char*, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * width * 8);
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  text += kEighths.at(static_cast<std::size_t>(eighths % 8));
  const int used = eighths / 8 + (eighths % 8 != 0 ? 1 : 0);
  text.append(static_cast<std::size_t>(width - used), ' ');
  return text;
}

/// The beginning of a text that fits the columns, with an ellipsis if it was cut.
std::string shorten(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  while (!text.empty() && display_width(text) >= columns) text = without_last_code_point(text);
  return std::string(text) + "…";
}

std::string json_line(std::string_view label, const Progress& progress) {
  boost::json::object object{{"input", label}, {"stage", stage_name(progress.stage)}};
  if (progress.fraction >= 0) object["percent"] = std::round(progress.fraction * 1000) / 10;
  object["done_seconds"] = to_seconds(progress.done);
  if (progress.total > Millis(0)) object["total_seconds"] = to_seconds(progress.total);
  if (progress.speed > 0) object["speed"] = std::round(progress.speed * 100) / 100;
  if (progress.speed > 0 && progress.total > progress.done)
    object["eta_seconds"] = std::ceil(to_seconds(progress.total - progress.done) / progress.speed);
  if (progress.segment != nullptr) {
    object["segment"] = {{"start", to_seconds(progress.segment->start)},
                         {"end", to_seconds(progress.segment->end)},
                         {"text", progress.segment->text}};
  }
  return boost::json::serialize(object) + "\n";
}

}  // namespace

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

Console::Console(ProgressMode mode, bool quiet)
    : terminal_(is_capable_terminal() && mode == ProgressMode::kAuto && !quiet),
      json_(mode == ProgressMode::kJson),
      quiet_(quiet) {}

void Console::write(std::string_view text) {
  // If stderr is gone, there is nowhere left to report it.
  (void)write_all(STDERR_FILENO, text, "stderr");
}

void Console::clear_line() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(line_shown_, false)) write("\r\033[K");
}

void Console::note(std::string_view sentence) {
  if (quiet_) return;
  clear_line();
  if (json_) return write(boost::json::serialize(boost::json::object{{"note", sentence}}) + "\n");
  write(fmt::format("{}\n", sentence));
}

void Console::error(const Error& error) {
  clear_line();
  if (!error.detail.empty()) log(LogLevel::kInfo, error.detail);
  const std::string message = with_remedy(error);
  if (json_) {
    const boost::json::object object{{"error", {{"code", traits(error.code).name}, {"message", message}}}};
    return write(boost::json::serialize(object) + "\n");
  }
  const bool color = wants_color();
  write(fmt::format("{}vat: {}{}\n", color ? "\033[31m" : "", message, color ? "\033[0m" : ""));
}

bool Console::is_time(bool force) {
  const auto now = Clock::now();
  if (!force && now - last_shown_ < kBetweenLines) return false;
  last_shown_ = now;
  return true;
}

void Console::show_line(const std::string& line) {
  write("\r" + shorten(line, terminal_columns() - 1) + "\033[K");
  line_shown_ = true;
}

void Console::progress(std::string_view label, const Progress& progress) {
  if (quiet_ || (!terminal_ && !json_)) return;
  const std::lock_guard lock(mutex_);
  const bool new_stage = label_ != label || stage_ != progress.stage;
  if (new_stage) {
    label_ = label;
    stage_ = progress.stage;
    started_ = Clock::now();
  }
  if (!is_time(new_stage || progress.segment != nullptr || progress.fraction >= 1)) return;
  if (json_) return write(json_line(label, progress));

  std::string line = fmt::format("{:<10} ", stage_name(progress.stage));
  if (progress.fraction >= 0) {
    line += fmt::format("{}{:>4.0f} %", bar(progress.fraction), progress.fraction * 100);
    const double spent = std::chrono::duration<double>(Clock::now() - started_).count();
    if (progress.speed > 0) line += fmt::format("  {:.1f}x", progress.speed);
    if (progress.fraction > 0 && progress.fraction < 1 && spent > 1)
      line += fmt::format("  {} left",
                          clock_text(from_seconds(spent * (1 - progress.fraction) / progress.fraction)));
  } else {
    line += fmt::format("{} done", clock_text(progress.done));
    if (progress.speed > 0) line += fmt::format("  {:.1f}x", progress.speed);
  }
  show_line(line + "  " + std::string(label));
}

void Console::waiting(std::string_view for_what) {
  if (quiet_ || !terminal_) return;
  const std::lock_guard lock(mutex_);
  label_.clear();
  show_line(fmt::format("{:<10} {}", "wait", for_what));
}

void Console::download(std::string_view label, std::uint64_t done, std::uint64_t total) {
  bytes("fetch", "download", label, done, total);
}

void Console::verification(std::string_view label, std::uint64_t done, std::uint64_t total) {
  bytes("check", "verification", label, done, total);
}

void Console::conversion(std::string_view label, std::uint64_t done, std::uint64_t total) {
  bytes("convert", "conversion", label, done, total);
}

void Console::bytes(std::string_view verb, std::string_view key, std::string_view label, std::uint64_t done,
                    std::uint64_t total) {
  if (quiet_ || (!terminal_ && !json_)) return;
  const std::lock_guard lock(mutex_);
  const bool new_label = label_ != label || verb_ != verb;
  if (new_label || done < bytes_before_) {
    label_ = label;
    verb_ = verb;
    started_ = Clock::now();
    bytes_before_ = done;
  }
  if (!is_time(new_label || done == total)) return;
  if (json_) {
    const boost::json::object object{{key, label}, {"done_bytes", done}, {"total_bytes", total}};
    return write(boost::json::serialize(object) + "\n");
  }
  std::string line = fmt::format("{:<10} ", verb);
  const std::string tail = bytes_tail(done, total) + "  " + std::string(label);
  if (total > 0) {
    const double fraction = static_cast<double>(done) / static_cast<double>(total);
    constexpr int kPercentWidth = 9;
    const int room =
        static_cast<int>(terminal_columns()) - static_cast<int>(line.size() + tail.size()) - kPercentWidth;
    line += fmt::format("{}{:>4.0f} %  ", bar(fraction, std::clamp(room, kBarWidth / 4, kBarWidth)),
                        100 * fraction);
  }
  show_line(line + tail);
}

std::string Console::bytes_tail(std::uint64_t done, std::uint64_t total) const {
  std::string tail = format_bytes(done);
  if (total > 0) tail += " of " + format_bytes(total);
  const double spent = std::chrono::duration<double>(Clock::now() - started_).count();
  if (done <= bytes_before_ || done >= total || spent <= 1) return tail;
  const double pace = static_cast<double>(done - bytes_before_) / spent;
  return tail + fmt::format("  {}/s  {} left", format_bytes(static_cast<std::uint64_t>(pace)),
                            clock_text(from_seconds(static_cast<double>(total - done) / pace)));
}

}  // namespace vat::app
